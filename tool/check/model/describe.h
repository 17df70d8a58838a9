// Words for what a state shows: objects, operations, waits.
#pragma once

#include <string>

#include "tool/check/model/program.h"
#include "tool/check/model/state.h"

namespace chansan::model {

/// "'results'", or "the channel" if it has no name.
std::string describe(const Program& program, const Object* object);

/// "waits to send on 'c', whose buffer of 1 is full".
std::string describe_wait(const Program& program, const State& state,
                          const Goroutine& goroutine,
                          const Instruction& instruction);

/// What a visible operation of one goroutine alone does: "locks 'm'".
std::string describe_step(const Program& program, const State& state,
                          const Goroutine& goroutine,
                          const Instruction& instruction);

}  // namespace chansan::model
