// Our own bugs, caught early: on in release, because each is one comparison.
#pragma once

namespace csp::internal {

/// Writes "csp: internal error: ..." and aborts, so that a core is left.
[[noreturn]] void check_failed(const char* condition, const char* file,
                               int line);

}  // namespace csp::internal

#define CSP_CHECK(condition)                                         \
  do {                                                               \
    if (!(condition)) [[unlikely]]                                   \
      ::csp::internal::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)
