// Moving a unit's code behind that of other units.
#pragma once

#include <vector>

#include "tool/check/model/program.h"

namespace chansan::model {

/// How much is in front of a unit.
struct Offsets {
  SiteId site = 0;
  FunctionId function = 0;
  std::int64_t layout = 0;
  std::int64_t name = 0;
  std::int64_t select = 0;
  std::uint32_t cell = 0;    // of the globals
  std::uint32_t global = 0;  // variables
};

/// The function that an instruction names; null if it names none.
std::int64_t* function_operand(Instruction& instruction);
const std::int64_t* function_operand(const Instruction& instruction);

class Relocation {
 public:
  explicit Relocation(const Offsets& offsets) : offsets_(offsets) {}

  /// From here on a kGlobal names a variable, no cell: which cell it is
  /// depends on what else is there.
  /// Requires: the function's globals have not been moved.
  void move(Function& function) const;
  void move(Layout& layout) const;
  void move(std::vector<SelectCase>& cases) const;
  void move_global(Variable& variable) const;

  /// The unit's globals, to find out which variable a cell belongs to.
  void set_globals(const std::vector<Variable>& globals);

 private:
  void move(SiteId& site) const;
  void move(Instruction& instruction) const;

  const Offsets offsets_;
  std::vector<std::uint32_t> starts_;  // of the variables, rising
};

}  // namespace chansan::model
