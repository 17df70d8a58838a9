#include "tool/check/model/registers.h"

#include <algorithm>

namespace chansan::model {
namespace {

enum class Use : std::uint8_t { kRead, kSet };

// The block that each instruction belongs to.
std::vector<std::uint32_t> blocks_of(const Function& function) {
  const std::size_t size = function.code.size();
  std::vector<bool> starts(size + 1);
  for (std::size_t i = 0; i < size; ++i) {
    const Instruction& instruction = function.code[i];
    const bool jumps = instruction.op == Op::kJump ||
                       instruction.op == Op::kBranch ||
                       instruction.op == Op::kOnceLoop;
    if (!jumps) continue;
    starts[i + 1] = true;
    if (instruction.op != Op::kOnceLoop)
      starts[static_cast<std::size_t>(instruction.imm)] = true;
    if (instruction.op != Op::kJump) starts[instruction.b] = true;
  }
  std::vector<std::uint32_t> blocks(size);
  std::uint32_t block = 0;
  for (std::size_t i = 0; i < size; ++i) blocks[i] = block += starts[i];
  return blocks;
}

bool is_c_read(Op op) { return op == Op::kSpawn || op == Op::kSpawnLater; }

// Calls `use` with every register of the instruction, those read first.
template <class Visit>
void for_each_register(Program& program, Instruction& instruction,
                       const Visit& visit) {
  const bool b_is_place =
      instruction.op == Op::kBranch || instruction.op == Op::kOnceLoop;
  const auto use = [&](Register& reg, Use how) {
    if (reg != kNoRegister) visit(reg, how);
  };
  use(instruction.a, Use::kRead);
  if (!b_is_place) use(instruction.b, Use::kRead);
  if (is_c_read(instruction.op)) use(instruction.c, Use::kRead);
  for (Argument& argument : instruction.args) use(argument.reg, Use::kRead);
  if (instruction.op == Op::kSelect) {
    auto& cases = program.selects[static_cast<std::size_t>(instruction.imm)];
    for (SelectCase& one : cases) {
      use(one.channel, Use::kRead);
      use(one.value, Use::kRead);
    }
    for (SelectCase& one : cases) {
      use(one.has, Use::kSet);
      use(one.payload, Use::kSet);
    }
  }
  use(instruction.dst, Use::kSet);
  if (instruction.op == Op::kRecv) use(instruction.c, Use::kSet);
}

// Whether the instruction always sets what it may set.
bool always_sets(Op op) {
  switch (op) {
    case Op::kConst:
    case Op::kUnknown:
    case Op::kNil:
    case Op::kFunction:
    case Op::kLocal:
    case Op::kGlobal:
    case Op::kField:
    case Op::kIndex:
    case Op::kMove:
    case Op::kArith:
    case Op::kNot:
    case Op::kCap:
    case Op::kLoad:
    case Op::kAlloc:
    case Op::kElement:
    case Op::kCount:
    case Op::kFirst:
    case Op::kEnd:
    case Op::kFind:
    case Op::kClosure:
    case Op::kCall:
    case Op::kOpaque:
    case Op::kSpawn:
    case Op::kMake:
    case Op::kMakeTimer:
    case Op::kRecv:
    case Op::kAtomicLoad:
    case Op::kAtomicRmw:
      return true;
    default:
      return false;
  }
}

class Packing {
 public:
  Packing(Program& program, Function& function)
      : program_(program),
        function_(function),
        set_in_(function.registers, kNone),
        last_use_(function.registers),
        lasting_(function.registers),
        packed_(function.registers, kNone) {}

  void run() {
    find_lasting();
    for (Register reg = 0; reg < packed_.size(); ++reg)
      if (lasting_[reg]) packed_[reg] = function_.lasting++;
    function_.live.assign(function_.code.size(), 0);
    for (std::uint32_t i = 0; i < function_.code.size(); ++i) rename(i);
    function_.registers =
        function_.lasting + static_cast<std::uint32_t>(taken_.size());
  }

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  // A register lasts if another block reads or sets it than the one that sets
  // it first, or if it may be read without having been set.
  void find_lasting() {
    const auto blocks = blocks_of(function_);
    for (std::uint32_t i = 0; i < function_.code.size(); ++i) {
      Instruction& instruction = function_.code[i];
      const bool sets = always_sets(instruction.op);
      for_each_register(program_, instruction, [&](Register reg, Use use) {
        last_use_[reg] = i;
        const bool here = set_in_[reg] == blocks[i];
        const bool first = use == Use::kSet && set_in_[reg] == kNone;
        if ((!here && !first) || (use == Use::kSet && !sets))
          lasting_[reg] = true;
        if (use == Use::kSet) set_in_[reg] = blocks[i];
      });
    }
  }

  void rename(std::uint32_t at) {
    for (std::size_t slot = 0; slot < taken_.size(); ++slot)
      if (taken_[slot] && slot < kLiveMax)
        function_.live[at] |= std::uint64_t{1} << slot;
    std::vector<std::uint32_t> done;
    for_each_register(program_, function_.code[at], [&](Register& reg, Use) {
      const Register old = reg;
      if (packed_[old] == kNone) packed_[old] = function_.lasting + take();
      reg = packed_[old];
      if (!lasting_[old] && last_use_[old] == at)
        done.push_back(reg - function_.lasting);
    });
    // Only now, so that what is set is none of what is read.
    for (const std::uint32_t slot : done) taken_[slot] = false;
  }

  std::uint32_t take() {
    const auto free = std::ranges::find(taken_, false);
    const auto slot = static_cast<std::uint32_t>(free - taken_.begin());
    if (free == taken_.end())
      taken_.push_back(true);
    else
      *free = true;
    return slot;
  }

  Program& program_;
  Function& function_;
  std::vector<std::uint32_t> set_in_;  // by old register: the block
  std::vector<std::uint32_t> last_use_;
  std::vector<bool> lasting_;
  std::vector<Register> packed_;  // the new one
  std::vector<bool> taken_;       // slots behind the lasting ones
};

}  // namespace

void pack_registers(Program& program, Function& function) {
  Packing(program, function).run();
}

void clear_dead_registers(const Program& program, State& state) {
  for (Goroutine& goroutine : state.goroutines)
    for (Frame& frame : goroutine.frames) {
      const Function& function = program.functions[frame.function];
      if (frame.pc >= function.live.size()) continue;
      const std::uint64_t live = function.live[frame.pc];
      for (std::size_t slot = 0; slot < kLiveMax; ++slot) {
        const std::size_t reg = function.lasting + slot;
        if (reg >= frame.registers.size()) break;
        if (!(live >> slot & 1)) frame.registers[reg] = {};
      }
    }
}

}  // namespace chansan::model
