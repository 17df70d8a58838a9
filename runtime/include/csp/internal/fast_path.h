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

struct Taken;
/// Taken::note() in the library, where it is no access of the program's: the
/// compilers instrument atomic operations whatever a function's attributes say.
void note_taken(Taken& taken, void* where);

/// Who took a lock last and where, for the report of a deadlock. Written by
/// the one who has just taken it, read when the program stands still.
struct Taken {
  std::atomic<void*> site{nullptr};
  std::atomic<void*> caller{nullptr};       // of the function at `site`
  std::atomic<std::uint32_t> goroutine{0};  // low half of its id; 0: nobody

  [[gnu::always_inline]] inline void note(void* where) {
#if !defined(__clang__) || !defined(__OPTIMIZE__) || defined(__OPTIMIZE_SIZE__)
    // Where it is not inlined, as g++ often has it, `where` lies in
    // std::lock_guard.
    caller.store(__builtin_return_address(0), std::memory_order_relaxed);
#endif
#if defined(CSP_RACE)
    note_taken(*this, where);
#else
    site.store(where, std::memory_order_relaxed);
    goroutine.store(this_goroutine_low_id(), std::memory_order_relaxed);
#endif
  }
};

}  // namespace csp::internal
