// All executions of a modelled program, up to a bound.
//
// The bound is a number of states and not a time: the same input gives the
// same findings on every machine.
#pragma once

#include "tool/check/model/machine.h"
#include "tool/check/model/outcome.h"

namespace chansan::model {

struct Bounds {
  std::size_t states_max = 200'000;
  std::size_t bytes_max = 4'000'000;  // the sum of the states' sizes
  // What making states costs, in numbers of about 5 ns: in all 35 ms.
  std::size_t work_max = 6'500'000;
  std::size_t walks = 4;                  // after the bound: single executions
  std::size_t walk_steps_max = 6000;      // of each
  std::size_t walk_work_max = 6'000'000;  // cheaper ones: 15 ms
};

/// Explores from `root`, breadth first, so that what is found is found by a
/// shortest interleaving. Requires: prepare(program).
Outcomes explore(const Program& program, const Root& root, const Bounds& bounds,
                 Coverage& coverage);

}  // namespace chansan::model
