// Telling the listener, if there is one, what happened.
#pragma once

#include <cstdint>

#include "runtime/hooks.h"
#include "runtime/src/goroutine.h"

namespace csp::internal {

/// One predictable branch when nobody listens.
inline bool listening() { return seam::hooks != nullptr; }

/// Whether the program was compiled for detection.
inline bool instrumented() { return listening() && seam::hooks->instrumented; }

inline std::uint64_t object_id(const void* object) {
  return reinterpret_cast<std::uintptr_t>(object);
}

/// Requires: listening(). A null goroutine: none acts.
void tell(seam::EventKind kind, const Goroutine* goroutine,
          const void* object = nullptr, std::uint8_t flags = 0);
void tell(const seam::Event& event);

/// The listener does not look at what the runtime does for the program, such
/// as moving an element, while one is alive.
class Unobserved {
 public:
  Unobserved() {
    if (listening()) [[unlikely]]
      seam::hooks->ignore_begin();
  }
  ~Unobserved() {
    if (listening()) [[unlikely]]
      seam::hooks->ignore_end();
  }
  Unobserved(const Unobserved&) = delete;
  Unobserved& operator=(const Unobserved&) = delete;
};

/// What this machine runs of the program's is no goroutine's doing while one
/// is alive: the goroutine that happens to be leaving the machine has no part
/// in the firing of timers. Requires: on a machine.
class RuntimesOwn {
 public:
  RuntimesOwn();
  ~RuntimesOwn();
  RuntimesOwn(const RuntimesOwn&) = delete;
  RuntimesOwn& operator=(const RuntimesOwn&) = delete;
};

}  // namespace csp::internal
