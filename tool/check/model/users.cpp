#include "tool/check/model/users.h"

#include <algorithm>

#include "tool/check/model/relocation.h"

namespace chansan::model {

Users::Users(const Program& program, const std::vector<Root>& roots,
             GlobalOperand operand)
    : of_functions_(program.functions.size(), kNoFunction),
      of_globals_(program.global_variables.size(), kNoFunction) {
  for (const Root& root : roots) mark(program, root.function, operand);
}

bool Users::others_use(std::size_t global, const Root& root) const {
  return !root.is_main && of_globals_[global] != kNoFunction &&
         of_globals_[global] != root.function;
}

// Whether that is news. Nothing is told more than twice, so that many roots
// with much in common take no longer than one.
bool Users::add(FunctionId& roots, FunctionId root) {
  if (roots == root || roots == kMany) return false;
  roots = roots == kNoFunction ? root : kMany;
  return true;
}

void Users::mark(const Program& program, FunctionId root,
                 GlobalOperand operand) {
  const auto& variables = program.global_variables;
  const auto place_of = [&](std::int64_t imm) {
    if (operand == GlobalOperand::kIndex) return static_cast<std::size_t>(imm);
    const auto after = std::ranges::upper_bound(
        variables, imm, {},
        [](const Variable& one) { return std::int64_t{one.offset}; });
    return static_cast<std::size_t>(after - variables.begin()) - 1;
  };
  std::vector<FunctionId> work;
  const auto reach = [&](FunctionId id) {
    if (add(of_functions_[id], root)) work.push_back(id);
  };
  reach(root);
  while (!work.empty()) {
    const FunctionId id = work.back();
    work.pop_back();
    for (const Instruction& instruction : program.functions[id].code) {
      if (const std::int64_t* const callee = function_operand(instruction))
        reach(static_cast<FunctionId>(*callee));
      else if (instruction.op == Op::kGlobal)
        add(of_globals_[place_of(instruction.imm)], root);
    }
  }
}

}  // namespace chansan::model
