// All executions of a modelled program, up to a bound.
//
// The bound is a number of states and not a time: the same input gives the
// same findings on every machine.
#pragma once

#include "tool/check/model/machine.h"
#include "tool/check/model/outcome.h"

namespace chansan::model {

struct Bounds {
  std::size_t states_max = 20000;
  // The sum of the states' sizes, which is what their exploration costs.
  std::size_t bytes_max = 3'000'000;
  std::size_t walks = 4;              // after the bound: single executions
  std::size_t walk_steps_max = 6000;  // of each
};

/// Explores from `root`, breadth first, so that what is found is found by a
/// shortest interleaving. Requires: prepare(program).
Outcomes explore(const Program& program, const Root& root, const Bounds& bounds,
                 Coverage& coverage);

}  // namespace chansan::model
