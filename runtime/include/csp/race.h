/// Annotations for the race detector, which do nothing without it, and the
/// search for goroutines that can never run again, which every program has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace csp {

namespace race {

/// Whether this translation unit is compiled for detection.
#if defined(CSP_RACE)
inline constexpr bool enabled = true;
#else
inline constexpr bool enabled = false;
#endif

/// A synchronization of the program's own: what happened before a release of
/// `object` happens before what follows a later acquire of it.
void acquire(const void* object);
void release(void* object);

/// Accesses by the calling goroutine are not checked while one is alive.
class ignore_scope {
 public:
  ignore_scope();
  ~ignore_scope();
  ignore_scope(const ignore_scope&) = delete;
  ignore_scope& operator=(const ignore_scope&) = delete;
};

/// Races reported so far.
std::size_t reports();

}  // namespace race

namespace leak {

/// Looks for goroutines that can never run again, whatever the others do, and
/// reports each that was not reported before (`WARNING: GOROUTINE LEAK`).
/// Stops the other goroutines and OS threads meanwhile.
/// Returns: how many there are. Each was proved: a value that looks like a
/// pointer to what a goroutine waits on keeps it from being counted.
std::size_t check();

/// Reports the goroutines that were started during its lifetime and can never
/// run again at its end, which gives those that still can run up to 100 ms to
/// end or wait.
class scope {
 public:
  scope();
  ~scope();
  scope(const scope&) = delete;
  scope& operator=(const scope&) = delete;

 private:
  std::vector<std::uint64_t> before_;  // goroutines alive at the start
};

}  // namespace leak
}  // namespace csp
