// The running program's side of the detector: who runs on this OS thread.
//
// Every entry point reads the thread's state afresh: a goroutine moves to
// another OS thread whenever it calls into the runtime.
#pragma once

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <new>

#include "detector/src/instrument/signals.h"
#include "detector/src/locks/lock_order.h"
#include "detector/src/race/detector.h"
#include "runtime/event.h"

namespace chansan::live {

struct StackOwner;

using csp::seam::Event;
using csp::seam::EventKind;
using csp::seam::GoroutineId;
using race::Goroutine;
using race::Manner;

/// What the detector keeps for an OS thread.
struct OsThread {
  // Null while nothing is to be checked: no goroutine runs here, or it
  // ignores its accesses.
  Goroutine* checked;
  Goroutine* goroutine;  // null: none runs here
  int inside;            // > 0: in the detector, which is not to be looked at
  bool is_runtimes;      // what runs here now is not the program's
  volatile bool has_late_signals;  // set by a signal's handler: signals.cpp
  std::uintptr_t stack_low;
  std::uintptr_t stack_high;
};
static_assert(std::is_trivially_destructible_v<OsThread>,
              "it is used until the thread's very end");

// Always in static storage of the program: one load away, never allocated.
extern constinit thread_local OsThread os_thread
    __attribute__((tls_model("initial-exec")));

// The detector is made by the first __tsan_init and never destroyed.
extern bool is_running;
union DetectorStorage {
  constexpr DetectorStorage() : nothing() {}
  ~DetectorStorage() {}
  char nothing;
  race::RaceDetector detector;
};
extern DetectorStorage detector_storage;
inline race::RaceDetector& detector() { return detector_storage.detector; }
union LockOrderStorage {
  constexpr LockOrderStorage() : nothing() {}
  ~LockOrderStorage() {}
  char nothing;
  locks::LockOrder order;
};
extern LockOrderStorage lock_order_storage;
extern bool watches_locks;  // what possible deadlocks are found by
inline locks::LockOrder& lock_order() { return lock_order_storage.order; }
/// `memory_max`: bytes for the detector itself; 0: no limit.
void start(race::RaceListener& listener, std::uint64_t memory_max);
/// What the detector has of malloc, counted if it is limited.
extern bool is_limited;
extern std::atomic<std::int64_t> own_heap_bytes;
/// Possible deadlocks are told too, from now on. Requires: start().
void start_lock_order(locks::CycleListener& listener);

// The ways of an event to all rules.
inline void consume(const Event& event, std::uint64_t pc) {
  if (watches_locks) lock_order().consume(event, pc);
  detector().consume(event, pc);
}
inline void consume(const Event& event) { consume(event, event.pc); }
inline void consume_as(Goroutine& goroutine, const Event& event,
                       std::uint64_t pc) {
  if (watches_locks) lock_order().consume_as(goroutine, event, pc);
  detector().consume_as(goroutine, event, pc);
}
inline void create(Goroutine& creator, const Event& event, std::uint64_t pc) {
  if (watches_locks) lock_order().consume(event, pc);
  detector().create(&creator, event, pc);
}
inline void rendezvous(Goroutine& sender, Goroutine& receiver,
                       const Event& event, std::uint64_t pc) {
  if (watches_locks) lock_order().consume(event, pc);
  detector().rendezvous(sender, receiver, event, pc);
}
inline void forget(std::uintptr_t address, std::uint64_t size) {
  if (watches_locks) lock_order().forget(address, size);
  detector().forget(address, size);
}

/// Takes back one ++inside.
inline void leave() {
  if (--os_thread.inside == 0 && os_thread.has_late_signals) [[unlikely]] {
    run_late_handlers();
  }
}

/// While one is alive this OS thread is the detector's: what it allocates and
/// locks is not the program's.
class Inside {
 public:
  Inside() : errno_(errno) { ++os_thread.inside; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() {
    leave();
    errno = errno_;
  }

 private:
  const int errno_;
};

/// The goroutine whose doings are to be looked at now; null: nobody's. A thread
/// that we did not see begin becomes known here.
Goroutine* acting();

/// This OS thread stands for the goroutine `id` from now on.
void adopt_thread(GoroutineId id);
/// On which of the known OS threads' stacks `address` is.
StackOwner thread_stack_owner(std::uintptr_t address);
/// Nothing runs on this OS thread any more.
void abandon_thread();
/// `goroutine` (null: none) runs here from now on.
void resume(Goroutine* goroutine);
void ignore(int more);

/// Requires: `goroutine` is the thread's. The access is new, or may be.
[[gnu::noinline]] void access_slow(std::uintptr_t address, std::uint64_t size,
                                   Manner manner, std::uintptr_t pc);

/// An access by the goroutine that runs here.
[[gnu::always_inline]] inline void on_access(const volatile void* place,
                                             std::uint64_t size, Manner manner,
                                             void* return_address) {
  const Goroutine* goroutine = os_thread.checked;
  if (goroutine == nullptr) return;
  const auto address = reinterpret_cast<std::uintptr_t>(place);
  if (detector().is_repeated(*goroutine, address, size, manner)) [[likely]] {
    return;
  }
  access_slow(address, size, manner,
              reinterpret_cast<std::uintptr_t>(return_address) - 1);
}

/// Any number of bytes.
void on_range(const volatile void* place, std::uint64_t size, Manner manner,
              void* return_address);

/// The goroutine that runs here synchronizes on `object`.
void on_sync(EventKind kind, const volatile void* object, void* return_address,
             std::uint8_t flags = 0);

/// The point in the innermost instrumented function from which the present call
/// into code that is not instrumented came; 0 if that cannot be told.
std::uintptr_t calling_pc(const Goroutine& goroutine);
/// The same through code without frame pointers: slow.
std::uintptr_t unwound_calling_pc(const Goroutine& goroutine);

}  // namespace chansan::live
