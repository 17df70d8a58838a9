// What a detector said of an execution, in a form that can be compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

namespace chansan::tests {

/// A byte of memory, or a channel or wait_group as a thing of its own.
struct Spot {
  bool is_object = false;
  std::uint64_t address = 0;
  auto operator<=>(const Spot&) const = default;
};

/// For each spot that had a race, the number of the event that first showed it.
using Verdict = std::map<Spot, std::size_t>;

}  // namespace chansan::tests
