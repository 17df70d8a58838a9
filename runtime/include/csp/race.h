/// Annotations for the detectors. Without detection they do nothing.
#pragma once

#include <cstddef>

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
}  // namespace csp
