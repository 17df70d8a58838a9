// Who else uses the globals that an exploration from one root reaches.
#pragma once

#include <cstdint>
#include <vector>

#include "tool/check/model/program.h"

namespace chansan::model {

/// How the instructions of a program name a global.
enum class GlobalOperand : std::uint8_t {
  kCell,   // by its first cell
  kIndex,  // by its place in Program::global_variables
};

/// What a function that nothing calls has in common with the others of its
/// kind. Whoever calls one of them may call the others too: before it, after
/// it, or at the same time from another goroutine.
class Users {
 public:
  Users(const Program& program, const std::vector<Root>& roots,
        GlobalOperand operand);

  /// Whether roots other than `root` use the global with this place in
  /// Program::global_variables. Never, for main: the program ends with it.
  bool others_use(std::size_t global, const Root& root) const;

 private:
  void mark(const Program& program, FunctionId root, GlobalOperand operand);

  // The one root that reaches it, kNoFunction if none does, or kMany.
  static constexpr FunctionId kMany = kNoFunction - 1;
  static bool add(FunctionId& roots, FunctionId root);

  std::vector<FunctionId> of_functions_;
  std::vector<FunctionId> of_globals_;
};

}  // namespace chansan::model
