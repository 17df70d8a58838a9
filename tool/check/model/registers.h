// Registers that are used again as soon as nothing reads them any more.
//
// Lowering gives every value a register of its own, a hundred in a function,
// of which a few are alive at a time. What is dead makes states large, and
// different where they behave alike.
#pragma once

#include "tool/check/model/state.h"

namespace chansan::model {

/// Renumbers the registers of a function whose code is final, and sets
/// Function::lasting and Function::live. To be called once.
void pack_registers(Program& program, Function& function);

/// Clears what no instruction reads any more from where the goroutines stand.
void clear_dead_registers(const Program& program, State& state);

}  // namespace chansan::model
