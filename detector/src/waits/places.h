// What the rules ask of others to turn numbers into words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "chansan/finding.h"
#include "runtime/event.h"

namespace chansan::waits {

/// What happened to an object, as far as it is remembered.
struct History {
  std::vector<Step> steps;  // the last operations, oldest first
  // Who took part in them, once each.
  std::vector<csp::seam::GoroutineId> actors;
  // Of a channel: who sent on it or closed it, and who received from it.
  std::vector<csp::seam::GoroutineId> senders;
  std::vector<csp::seam::GoroutineId> receivers;
  // Of a condition variable, who notified; of a semaphore, who worked with it.
  std::vector<csp::seam::GoroutineId> wakers;
};

class Places {
 public:
  /// The source positions of `pc`, innermost first.
  virtual Stack frames(std::uint64_t pc) = 0;
  /// The global variable that the object of a snapshot is; empty: none.
  virtual std::string global_of(std::uint64_t object) = 0;
  virtual History history(std::uint64_t object) = 0;

 protected:
  ~Places() = default;
};

/// The innermost of the user's places; null: none is known.
const Location* user_place(const Stack& stack);

}  // namespace chansan::waits
