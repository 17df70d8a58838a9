// How a report names goroutines and objects, and what it says of them.
#pragma once

#include <map>
#include <string>

#include "chansan/finding.h"
#include "detector/src/waits/graph.h"
#include "detector/src/waits/places.h"

namespace chansan::waits {

class Words {
 public:
  Words(const Graph& graph, Places& places);

  /// "the main goroutine", "goroutine 7 (\"worker\")".
  std::string goroutine(std::size_t index) const;
  /// "channel 2", "mutex 'state_lock'". Requires: the graph has it.
  const std::string& object(std::uint64_t id) const { return names_.at(id); }
  /// Whether somebody of this world waits on it, so that it has a name.
  bool names(std::uint64_t id) const { return names_.contains(id); }
  /// "unbuffered", "counter 2, nobody is left to call done()".
  std::string state(const seam::ObjectSnapshot& object) const;
  /// What the goroutine waits for: "a receive from channel 1".
  std::string need(std::size_t goroutine, const seam::Wait& wait) const;
  /// The same as a clause for the one who could: "receive from channel 1".
  std::string help(const seam::Wait& wait) const;
  /// "goroutine 3 received from it before, but has ended", or nothing.
  std::string gone(const seam::Wait& wait) const;
  /// "waits for mutex 2", for one that is parked itself.
  std::string doing(std::size_t goroutine) const;
  /// " at file.cpp:9" of the user's innermost frame, or nothing.
  std::string at(std::size_t goroutine) const;

  const Stack& stack(std::size_t goroutine) const;

 private:
  const Graph& graph_;
  Places& places_;
  std::map<std::uint64_t, std::string> names_;
  mutable std::map<const std::uintptr_t*, Stack> stacks_;
};

/// " (at main.cpp:9)"; empty if it is not known.
std::string at_place(const Stack& stack, std::string_view before);

}  // namespace chansan::waits
