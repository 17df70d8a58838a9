/// What inlined fast paths need. Not promised.
#pragma once

#include <atomic>
#include <cstdint>

extern "C" {
/// Low half of the id of the goroutine that runs on this OS thread.
extern __thread std::uint32_t csp_goroutine;
}

namespace csp::internal {

/// Whether a listener is installed or a seed fixes the schedule: then each
/// operation must go through the library. Set before main, never changes.
extern bool watched;

/// Read afresh each time: a compiler may keep the address of a thread_local
/// across a park, after which the goroutine may run on another OS thread.
inline std::uint32_t this_goroutine_low_id() {
  std::uint32_t id;
  __asm__ volatile(
      "movq csp_goroutine@gottpoff(%%rip), %q0\n\t"
      "movl %%fs:(%q0), %0"
      : "=r"(id));
  return id;
}

/// Who took a lock last and where, for the report of a deadlock. Written by
/// the one who has just taken it, read when the program stands still.
struct Taken {
  std::atomic<void*> site{nullptr};
  std::atomic<std::uint32_t> goroutine{0};  // low half of its id; 0: nobody

#if defined(CSP_RACE)
  // Not an access of the program's.
  [[gnu::noinline, gnu::no_sanitize("thread")]]
#endif
  void note(void* where) {
    site.store(where, std::memory_order_relaxed);
    goroutine.store(this_goroutine_low_id(), std::memory_order_relaxed);
  }
};

}  // namespace csp::internal
