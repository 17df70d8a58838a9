// Standing in front of a function of the C library.
//
// Who calls such a function reads and writes through it: its accesses are
// judged as the caller's own. They are judged only when the caller is a
// goroutine that is watched; the detector's own calls are not.
#pragma once

#include <cstddef>
#include <cstring>

#include "detector/src/instrument/live.h"
#include "detector/src/instrument/real.h"

#define CSP_RETURN_ADDRESS __builtin_return_address(0)

// Begins the definition of the function that the linker finds under the C
// library's `name`. The headers' own declarations, with their inline and
// overloaded variants, stay out of the way.
#define CSP_INTERCEPT(result, name, ...)                    \
  extern "C" result csp_##name(__VA_ARGS__) __asm__(#name); \
  extern "C" result csp_##name(__VA_ARGS__)
// The same function under a second name, which instrumented files call.
#define CSP_ALSO_CALLED(result, second, name, ...) \
  extern "C" result second(__VA_ARGS__) __attribute__((alias(#name)))

namespace chansan::live {

/// Whether accesses are to be judged now.
inline bool watching() {
  return os_thread.checked != nullptr && os_thread.inside == 0;
}

inline void reads(const volatile void* place, std::size_t size, void* pc) {
  if (watching()) on_range(place, size, Manner::kRead, pc);
}
inline void writes(const volatile void* place, std::size_t size, void* pc) {
  if (watching()) on_range(place, size, Manner::kWrite, pc);
}

/// Reads a text with the zero at its end.
inline void reads_text(const char* text, void* pc) {
  if (watching() && text != nullptr) reads(text, std::strlen(text) + 1, pc);
}
/// Reads a text of which at most `max` bytes are looked at.
inline void reads_text(const char* text, std::size_t max, void* pc) {
  if (!watching() || text == nullptr) return;
  const std::size_t size = strnlen(text, max);
  reads(text, size < max ? size + 1 : max, pc);
}
/// A text was written with the zero at its end.
inline void writes_text(const char* text, void* pc) {
  if (watching() && text != nullptr) writes(text, std::strlen(text) + 1, pc);
}

}  // namespace chansan::live
