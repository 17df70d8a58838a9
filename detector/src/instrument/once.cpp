// What is done once and then relied upon by everybody: pthread_once (and so
// std::call_once), the guards of function-local statics; and barriers.
#include <cxxabi.h>
#include <pthread.h>

#include <mutex>
#include <unordered_map>

#include "detector/src/instrument/live.h"
#include "detector/src/instrument/real.h"

namespace chansan::live {

namespace {

using Guard = __cxxabiv1::__guard;

constinit Real<int(pthread_once_t*, void (*)())> real_once("pthread_once");
constinit Real<int(Guard*)> real_guard_acquire("__cxa_guard_acquire");
constinit Real<void(Guard*)> real_guard_release("__cxa_guard_release");
constinit Real<void(Guard*)> real_guard_abort("__cxa_guard_abort");
constinit Real<int(pthread_barrier_t*, const pthread_barrierattr_t*, unsigned)>
    real_barrier_init("pthread_barrier_init");
constinit Real<int(pthread_barrier_t*)> real_barrier_wait(
    "pthread_barrier_wait");
constinit Real<int(pthread_barrier_t*)> real_barrier_destroy(
    "pthread_barrier_destroy");

// pthread_once passes no argument on, so it waits here.
struct OnceCall {
  pthread_once_t* once;
  void (*function)();
  void* pc;
};
thread_local OnceCall once_call{};

// One that throws is not done, but the next one to try is ordered after it
// ([thread.once.callonce]).
void run_once() {
  struct Execution {
    const OnceCall call = once_call;
    Execution() { on_sync(EventKind::kOnceReturn, call.once, call.pc); }
    ~Execution() { on_sync(EventKind::kOnceDone, call.once, call.pc); }
  } execution;
  execution.call.function();
}

// A barrier's phases follow each other at once: those who arrive at the next
// one must not order those who still leave this one.
struct Barrier {
  unsigned threshold = 0;
  std::uint64_t arrivals = 0;
};

class Barriers {
 public:
  void make(pthread_barrier_t* barrier, unsigned threshold) {
    const std::scoped_lock guard(lock_);
    barriers_[barrier] = {threshold, 0};
  }
  void remove(pthread_barrier_t* barrier) {
    const std::scoped_lock guard(lock_);
    barriers_.erase(barrier);
  }

  struct Arrival {
    const char* object;  // of the phase
    bool first;          // of the phase
  };
  /// Tells `arrive` of an arrival while no other is.
  template <typename Arrive>
  const char* arrive(pthread_barrier_t* barrier, Arrive arrive) {
    const std::scoped_lock guard(lock_);
    Barrier& state = barriers_[barrier];
    const unsigned threshold = state.threshold == 0 ? 1 : state.threshold;
    const std::uint64_t phase = state.arrivals / threshold;
    const bool first = state.arrivals % threshold == 0;
    ++state.arrivals;
    const char* object = reinterpret_cast<const char*>(barrier) + phase % 2;
    arrive(object, first);
    return object;
  }

 private:
  race::SpinLock lock_;
  std::unordered_map<pthread_barrier_t*, Barrier> barriers_;
};

Barriers& barriers() {
  static Barriers* const all = new Barriers;
  return *all;
}

}  // namespace
}  // namespace chansan::live

using namespace chansan::live;

#define CSP_RETURN_ADDRESS __builtin_return_address(0)

extern "C" {

int pthread_once(pthread_once_t* once, void (*function)()) {
  const OnceCall outer = once_call;
  once_call = {once, function, CSP_RETURN_ADDRESS};
  struct Restore {
    OnceCall outer;
    ~Restore() { once_call = outer; }
  } restore{outer};
  const int error = real_once(once, &run_once);
  on_sync(EventKind::kOnceReturn, once, CSP_RETURN_ADDRESS);
  return error;
}

int __cxxabiv1::__cxa_guard_acquire(Guard* guard) {
  const int must_initialize = real_guard_acquire(guard);
  // Whoever initializes may be the second to try.
  on_sync(EventKind::kAcquire, guard, CSP_RETURN_ADDRESS);
  return must_initialize;
}

void __cxxabiv1::__cxa_guard_release(Guard* guard) noexcept {
  on_sync(EventKind::kRelease, guard, CSP_RETURN_ADDRESS);
  real_guard_release(guard);
}

void __cxxabiv1::__cxa_guard_abort(Guard* guard) noexcept {
  on_sync(EventKind::kRelease, guard, CSP_RETURN_ADDRESS);
  real_guard_abort(guard);
}

int pthread_barrier_init(pthread_barrier_t* barrier,
                         const pthread_barrierattr_t* attributes,
                         unsigned threshold) noexcept {
  if (is_running) {
    const Inside inside;
    barriers().make(barrier, threshold);
  }
  return real_barrier_init(barrier, attributes, threshold);
}

int pthread_barrier_destroy(pthread_barrier_t* barrier) noexcept {
  if (is_running) {
    const Inside inside;
    barriers().remove(barrier);
  }
  return real_barrier_destroy(barrier);
}

int pthread_barrier_wait(pthread_barrier_t* barrier) noexcept {
  const char* object = nullptr;
  if (Goroutine* goroutine = acting()) {
    const Inside inside;
    object = barriers().arrive(barrier, [&](const char* phase, bool first) {
      Event event{.kind =
                      first ? EventKind::kRelease : EventKind::kReleaseMerge};
      event.object = reinterpret_cast<std::uintptr_t>(phase);
      event.pc = reinterpret_cast<std::uintptr_t>(CSP_RETURN_ADDRESS) - 1;
      consume_as(*goroutine, event, event.pc);
    });
  }
  const int result = real_barrier_wait(barrier);
  if (object != nullptr) {
    on_sync(EventKind::kAcquire, object, CSP_RETURN_ADDRESS);
  }
  return result;
}

}  // extern "C"
