#include "tool/check/model/relocation.h"

#include <algorithm>

namespace chansan::model {

std::int64_t* function_operand(Instruction& instruction) {
  switch (instruction.op) {
    case Op::kCall:
    case Op::kSpawn:
    case Op::kSpawnLater:
      if (instruction.a != kNoRegister) return nullptr;
      break;
    case Op::kFunction:
    case Op::kClosure:
      break;
    case Op::kLinked:
      if (instruction.imm < 0) return nullptr;
      break;
    default:
      return nullptr;
  }
  const bool none = instruction.imm == std::int64_t{kNoFunction};
  return none ? nullptr : &instruction.imm;
}

const std::int64_t* function_operand(const Instruction& instruction) {
  return function_operand(const_cast<Instruction&>(instruction));
}

void Relocation::set_globals(const std::vector<Variable>& globals) {
  for (const Variable& variable : globals) starts_.push_back(variable.offset);
}

void Relocation::move(SiteId& site) const {
  if (site != kNoSite) site += offsets_.site;
}

void Relocation::move(Function& function) const {
  move(function.site);
  for (Variable& variable : function.variables) move(variable.site);
  for (Instruction& instruction : function.code) move(instruction);
}

void Relocation::move(Layout& layout) const {
  for (Variable& variable : layout.variables) move(variable.site);
}

void Relocation::move(std::vector<SelectCase>& cases) const {
  for (SelectCase& one : cases) move(one.site);
}

void Relocation::move_global(Variable& variable) const {
  move(variable.site);
  variable.offset += offsets_.cell;
  if (variable.initialiser != kNoFunction)
    variable.initialiser += offsets_.function;
}

void Relocation::move(Instruction& instruction) const {
  move(instruction.site);
  if (std::int64_t* const id = function_operand(instruction)) {
    *id += offsets_.function;
    return;
  }
  switch (instruction.op) {
    case Op::kGlobal: {
      const auto after = std::ranges::upper_bound(starts_, instruction.imm);
      instruction.imm = (after - starts_.begin()) - 1 +
                        static_cast<std::int64_t>(offsets_.global);
      break;
    }
    case Op::kLinked:
      instruction.imm -= offsets_.global;
      break;
    case Op::kInit:
    case Op::kAlloc:
      instruction.imm += offsets_.layout;
      break;
    case Op::kFind:
    case Op::kResize:
      if (instruction.c != kNoRegister)
        instruction.c += static_cast<Register>(offsets_.layout);
      break;
    case Op::kName:
      instruction.imm += offsets_.name;
      break;
    case Op::kSelect:
      instruction.imm += offsets_.select;
      break;
    default:
      break;
  }
}

}  // namespace chansan::model
