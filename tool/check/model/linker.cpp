#include "tool/check/model/linker.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "tool/check/model/machine.h"
#include "tool/check/model/relocation.h"

namespace chansan::model {
namespace {

bool acts_on_goroutines(const Instruction& instruction) {
  switch (instruction.op) {
    case Op::kSpawn:
    case Op::kSpawnLater:
    case Op::kUnlock:
    case Op::kRUnlock:
    case Op::kArrive:
    case Op::kFulfil:
      return true;
    case Op::kAtomicLoad:
    case Op::kAtomicStore:
    case Op::kAtomicRmw:
    case Op::kYield:
      return false;
    default:
      return is_visible(instruction);
  }
}

}  // namespace

// Appends one unit after the other to the program of the linker.
class Linker::Merger {
 public:
  Merger(Linker& linker, Scope scope)
      : linker_(linker), whole_(scope == Scope::kWhole) {}

  // Which unit has the body of each function and the definition of each
  // global: the first one.
  void find_definitions(const std::vector<UnitModel>& units) {
    std::uint32_t function = 0;
    std::uint32_t global = 0;
    for (const UnitModel& unit : units) {
      for (const Function& one : unit.program.functions) {
        if (one.defined && !one.symbol.empty())
          functions_.try_emplace(one.symbol, function);
        ++function;
      }
      for (const Variable& one : unit.program.global_variables) {
        if (one.defined && !one.symbol.empty())
          globals_.try_emplace(one.symbol, global);
        ++global;
      }
    }
  }

  void add(UnitModel unit) {
    Program& all = linker_.program_;
    Offsets offsets;
    offsets.site = static_cast<SiteId>(linker_.places_.size());
    offsets.function = static_cast<FunctionId>(all.functions.size());
    offsets.layout = static_cast<std::int64_t>(all.layouts.size());
    offsets.name = static_cast<std::int64_t>(all.names.size());
    offsets.select = static_cast<std::int64_t>(all.selects.size());
    offsets.cell = static_cast<std::uint32_t>(all.globals.size());
    offsets.global = static_cast<std::uint32_t>(all.global_variables.size());
    add_places(unit);
    linker_.first_functions_.push_back(offsets.function);
    linker_.first_globals_.push_back(offsets.global);
    Relocation relocation(offsets);
    relocation.set_globals(unit.program.global_variables);
    for (Function& function : unit.program.functions) relocation.move(function);
    for (Layout& layout : unit.program.layouts) relocation.move(layout);
    for (auto& cases : unit.program.selects) relocation.move(cases);
    for (Variable& variable : unit.program.global_variables)
      relocation.move_global(variable);
    const auto append = [](auto& to, auto& from) {
      to.insert(to.end(), std::make_move_iterator(from.begin()),
                std::make_move_iterator(from.end()));
    };
    append(all.functions, unit.program.functions);
    append(all.layouts, unit.program.layouts);
    append(all.names, unit.program.names);
    append(all.selects, unit.program.selects);
    append(all.globals, unit.program.globals);
    append(all.global_variables, unit.program.global_variables);
    for (Root root : unit.roots) {
      root.function += offsets.function;
      linker_.roots_.push_back(root);
    }
  }

  // Every use of a name becomes a use of its definition.
  void resolve() {
    Program& all = linker_.program_;
    std::vector<FunctionId> functions(all.functions.size());
    for (std::size_t i = 0; i < functions.size(); ++i)
      functions[i] = definition(functions_, all.functions[i].symbol, i);
    std::vector<std::uint32_t> globals(all.global_variables.size());
    for (std::size_t i = 0; i < globals.size(); ++i)
      globals[i] = definition(globals_, all.global_variables[i].symbol, i);
    drop_called_roots(functions);
    for (std::size_t i = 0; i < functions.size(); ++i) {
      Function& function = all.functions[i];
      // A second body of an inline function.
      if (functions[i] != i) function = {};
      for (Instruction& instruction : function.code)
        redirect(instruction, functions, globals);
    }
    for (std::size_t i = 0; i < globals.size(); ++i) {
      Variable& variable = all.global_variables[i];
      variable.linked = whole_ && variable.defined;
      if (globals[i] != i) variable.initialiser = kNoFunction;
    }
  }

 private:
  void add_places(UnitModel& unit) {
    const auto first = static_cast<std::uint32_t>(linker_.files_.size());
    for (std::string& file : unit.files)
      linker_.files_.push_back(std::move(file));
    for (Place place : unit.places) {
      place.file += first;
      linker_.places_.push_back(place);
    }
  }

  static std::uint32_t definition(
      const std::unordered_map<std::string, std::uint32_t>& definitions,
      const std::string& symbol, std::size_t otherwise) {
    const auto found = definitions.find(symbol);
    return found == definitions.end() ? static_cast<std::uint32_t>(otherwise)
                                      : found->second;
  }

  // A function is called if a unit declares it only, because it refers to it,
  // or has its body without taking it for a root.
  void drop_called_roots(const std::vector<FunctionId>& functions) {
    const Program& all = linker_.program_;
    std::vector<bool> root(all.functions.size());
    for (const Root& one : linker_.roots_) root[one.function] = true;
    std::vector<bool> called(all.functions.size());
    for (std::size_t i = 0; i < functions.size(); ++i)
      if (!root[i]) called[functions[i]] = true;
    std::erase_if(linker_.roots_, [&](const Root& one) {
      return called[functions[one.function]] ||
             functions[one.function] != one.function;
    });
  }

  static void redirect(Instruction& instruction,
                       const std::vector<FunctionId>& functions,
                       const std::vector<std::uint32_t>& globals) {
    if (std::int64_t* const id = function_operand(instruction))
      *id = functions[static_cast<std::size_t>(*id)];
    if (instruction.op == Op::kLinked && instruction.imm < 0)
      instruction.imm =
          -1 - static_cast<std::int64_t>(
                   globals[static_cast<std::size_t>(-1 - instruction.imm)]);
    else if (instruction.op == Op::kGlobal)
      instruction.imm = globals[static_cast<std::size_t>(instruction.imm)];
  }

  Linker& linker_;
  const bool whole_;
  std::unordered_map<std::string, std::uint32_t> functions_;
  std::unordered_map<std::string, std::uint32_t> globals_;
};

// Copies what a root can reach.
class Linker::Slicer {
 public:
  Slicer(const Linker& linker, const Root& root, Slice& slice)
      : linker_(linker), all_(linker.program_), root_(root), slice_(slice) {}

  void run() {
    slice_.program.names.emplace_back();  // 0: no name
    slice_.root = root_;
    slice_.root.function = function(root_.function);
    for (std::size_t i = 0; i < pending_.size(); ++i) copy(pending_[i]);
    sort_globals();
    add_initialise(slice_.program);
  }

 private:
  // Globals are initialised in the order of their units, and there in the
  // order in which the unit does it.
  void sort_globals() {
    std::vector<std::pair<std::uint32_t, Variable>> sorted;
    auto& variables = slice_.program.global_variables;
    for (std::size_t i = 0; i < variables.size(); ++i)
      sorted.emplace_back(global_ids_[i], std::move(variables[i]));
    std::ranges::sort(sorted, {}, &std::pair<std::uint32_t, Variable>::first);
    for (std::size_t i = 0; i < variables.size(); ++i)
      variables[i] = std::move(sorted[i].second);
  }

  // A unit that takes part does before main what its initialisers do.
  void enter_unit_of(FunctionId id) {
    const std::size_t unit = linker_.unit_of(id);
    if (!units_.insert(unit).second) return;
    for (const std::uint32_t one : linker_.acting_globals_[unit]) global(one);
  }

  FunctionId function(FunctionId id) {
    const auto [entry, is_new] = functions_.try_emplace(
        id, static_cast<FunctionId>(slice_.program.functions.size()));
    if (is_new) {
      slice_.program.functions.emplace_back();
      pending_.push_back(id);
    }
    return entry->second;
  }

  void copy(FunctionId id) {
    enter_unit_of(id);
    const Function& from = all_.functions[id];
    const FunctionId to = functions_.at(id);
    instructions_ += from.code.size();
    if (instructions_ > kInstructionsMax) {
      slice_.whole = false;  // it stays without a body
      return;
    }
    Function copied = from;
    for (Instruction& instruction : copied.code) relocate(instruction);
    slice_.program.functions[to] = std::move(copied);
  }

  void relocate(Instruction& instruction) {
    std::int64_t& imm = instruction.imm;
    if (std::int64_t* const id = function_operand(instruction)) {
      *id = function(static_cast<FunctionId>(*id));
      return;
    }
    Program& program = slice_.program;
    switch (instruction.op) {
      case Op::kGlobal:
        imm = global(static_cast<std::uint32_t>(imm));
        break;
      case Op::kInit:
      case Op::kAlloc:
        imm = moved(layouts_, all_.layouts, program.layouts, imm);
        break;
      case Op::kFind:
      case Op::kResize:
        if (instruction.c != kNoRegister)
          instruction.c = static_cast<Register>(
              moved(layouts_, all_.layouts, program.layouts, instruction.c));
        break;
      case Op::kName:
        imm = all_.names[static_cast<std::size_t>(imm)].empty()
                  ? 0
                  : moved(names_, all_.names, program.names, imm);
        break;
      case Op::kSelect:
        imm = moved(selects_, all_.selects, program.selects, imm);
        break;
      default:
        break;
    }
  }

  template <class List>
  static std::int64_t moved(
      std::unordered_map<std::int64_t, std::int64_t>& known, const List& from,
      List& to, std::int64_t id) {
    const auto [entry, is_new] =
        known.try_emplace(id, static_cast<std::int64_t>(to.size()));
    if (is_new) to.push_back(from[static_cast<std::size_t>(id)]);
    return entry->second;
  }

  // The first cell of the global in the slice.
  std::int64_t global(std::uint32_t id) {
    const auto found = globals_.find(id);
    if (found != globals_.end()) return found->second;
    Program& program = slice_.program;
    Variable variable = all_.global_variables[id];
    variable.others = linker_.users_->others_use(id, root_);
    const auto cells =
        all_.globals.begin() + static_cast<std::ptrdiff_t>(variable.offset);
    variable.offset = static_cast<std::uint32_t>(program.globals.size());
    program.globals.insert(program.globals.end(), cells,
                           cells + variable.cells);
    globals_[id] = variable.offset;
    global_ids_.push_back(id);
    if (variable.initialiser != kNoFunction)
      variable.initialiser = function(variable.initialiser);
    program.global_variables.push_back(std::move(variable));
    return globals_[id];
  }

  const Linker& linker_;
  const Program& all_;
  const Root root_;
  Slice& slice_;
  std::vector<std::uint32_t> global_ids_;  // of the slice's variables
  std::unordered_set<std::size_t> units_;
  std::vector<FunctionId> pending_;  // of the whole program
  std::size_t instructions_ = 0;
  std::unordered_map<FunctionId, FunctionId> functions_;
  std::unordered_map<std::uint32_t, std::uint32_t> globals_;
  std::unordered_map<std::int64_t, std::int64_t> layouts_;
  std::unordered_map<std::int64_t, std::int64_t> names_;
  std::unordered_map<std::int64_t, std::int64_t> selects_;
};

Linker::Linker(std::vector<UnitModel> units, Scope scope) {
  Merger merger(*this, scope);
  merger.find_definitions(units);
  for (UnitModel& unit : units) merger.add(std::move(unit));
  merger.resolve();
  prepare(program_);
  users_.emplace(program_, roots_, GlobalOperand::kIndex);
  find_acting_globals();
  const std::vector<bool> acting = find_acting();
  std::erase_if(roots_, [&](const Root& root) {
    return !program_.functions[root.function].relevant ||
           !(acting[root.function] ||
             may_initialisers_act(unit_of(root.function), acting));
  });
}

// Functions from which something is reached that waits, wakes or starts. What
// uses atomics alone can neither hang nor, without goroutines, race: a header
// full of lock-free code is a thousand roots that need no exploration.
std::vector<bool> Linker::find_acting() {
  std::vector<std::vector<FunctionId>> users(program_.functions.size());
  std::vector<bool> acting(program_.functions.size());
  std::vector<FunctionId> work;
  for (FunctionId id = 0; id < program_.functions.size(); ++id)
    for (Instruction& instruction : program_.functions[id].code) {
      if (const std::int64_t* used = function_operand(instruction))
        users[static_cast<std::size_t>(*used)].push_back(id);
      if (acting[id] || !acts_on_goroutines(instruction)) continue;
      acting[id] = true;
      work.push_back(id);
    }
  while (!work.empty()) {
    const FunctionId id = work.back();
    work.pop_back();
    for (const FunctionId user : users[id]) {
      if (acting[user]) continue;
      acting[user] = true;
      work.push_back(user);
    }
  }
  return acting;
}

bool Linker::may_initialisers_act(std::size_t unit,
                                  const std::vector<bool>& acting) const {
  return std::ranges::any_of(acting_globals_[unit], [&](std::uint32_t global) {
    return acting[program_.global_variables[global].initialiser];
  });
}

std::size_t Linker::unit_of(FunctionId id) const {
  const auto after = std::ranges::upper_bound(first_functions_, id);
  return static_cast<std::size_t>(after - first_functions_.begin()) - 1;
}

void Linker::find_acting_globals() {
  acting_globals_.resize(first_globals_.size());
  for (std::size_t unit = 0; unit < first_globals_.size(); ++unit) {
    const std::size_t end = unit + 1 < first_globals_.size()
                                ? first_globals_[unit + 1]
                                : program_.global_variables.size();
    for (std::size_t i = first_globals_[unit]; i < end; ++i) {
      const FunctionId id = program_.global_variables[i].initialiser;
      if (id == kNoFunction) continue;
      const bool acts = std::ranges::any_of(
          program_.functions[id].code, [](const Instruction& instruction) {
            return instruction.op == Op::kCall || instruction.op == Op::kOpaque;
          });
      if (acts) acting_globals_[unit].push_back(static_cast<std::uint32_t>(i));
    }
  }
}

Slice Linker::slice(const Root& root) const {
  Slice slice;
  Slicer(*this, root, slice).run();
  return slice;
}

std::string Linker::file_of(SiteId site) const {
  return site < places_.size() ? files_[places_[site].file] : std::string();
}

std::uint32_t Linker::offset_of(SiteId site) const {
  return site < places_.size() ? places_[site].offset : 0;
}

}  // namespace chansan::model
