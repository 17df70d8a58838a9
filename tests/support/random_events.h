// Random executions that could happen: locks are held by one, channels are not
// received from while empty, nobody acts after its end.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/event.h"

namespace chansan::tests {

/// About `steps` events; the same for the same seed on every machine.
std::vector<csp::seam::Event> random_events(std::uint64_t seed,
                                            std::size_t steps);

}  // namespace chansan::tests
