// Joins the runtime's view of a standstill with the rules that judge it, in
// every program: instrumented ones put their own reporter in.
#pragma once

#include <cstdint>
#include <vector>

#include "chansan/finding.h"
#include "detector/src/waits/places.h"

namespace chansan::waits {

/// Where findings go.
class Sink {
 public:
  /// What ends the program; as text the runtime says it.
  virtual void on_fatal(Finding finding) = 0;
  /// A leak or possible deadlock, to be said at once.
  virtual void on_finding(Finding finding) = 0;
  /// The end. Returns the status to end with for `status`.
  virtual int finish(int status) = 0;

 protected:
  ~Sink() = default;
};

/// From now on findings go to `sink`, which is never destroyed, and what is
/// known of an object's past comes from `history`, which may be null. Before
/// main.
void use(Sink& sink, History (*history)(std::uint64_t object));

}  // namespace chansan::waits
