// OS threads of the program, seen as goroutines pinned to them.
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <ctime>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "detector/src/instrument/live.h"
#include "detector/src/instrument/real.h"
#include "detector/src/instrument/threads.h"

namespace chansan::live {

namespace {

constinit Real<int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>
    real_create("pthread_create");
constinit Real<int(pthread_t, void**)> real_join("pthread_join");
constinit Real<int(pthread_t, void**)> real_tryjoin("pthread_tryjoin_np");
constinit Real<int(pthread_t, void**, const timespec*)> real_timedjoin(
    "pthread_timedjoin_np");
constinit Real<int(pthread_t)> real_detach("pthread_detach");

// Which goroutine a thread that may be joined stands for.
class Joinable {
 public:
  void add(pthread_t thread, GoroutineId id) {
    const std::scoped_lock guard(lock_);
    ids_[thread] = id;
  }
  /// *Returns* 0 if the thread is not known.
  GoroutineId find(pthread_t thread) {
    const std::scoped_lock guard(lock_);
    const auto place = ids_.find(thread);
    return place == ids_.end() ? 0 : place->second;
  }
  void remove(pthread_t thread) {
    const std::scoped_lock guard(lock_);
    ids_.erase(thread);
  }

 private:
  race::SpinLock lock_;
  std::unordered_map<pthread_t, GoroutineId> ids_;
};

// Never destroyed: threads may outlive main.
Joinable& joinable() {
  static Joinable* const all = new Joinable;
  return *all;
}

struct Start {
  void* (*function)(void*);
  void* argument;
  GoroutineId id;  // 0: the runtime's own thread
  sigset_t blocked;
};

// A new thread takes no signal before it is known whose accesses are its
// handler's.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  const sigset_t& before() const { return before_; }

 private:
  sigset_t before_;
};

pthread_key_t end_key;

// The last destructor round that the C library makes belongs to us, so that
// what the program's own destructors do is still seen.
void on_thread_end(void* rounds_left) {
  const auto rounds = reinterpret_cast<std::uintptr_t>(rounds_left);
  if (rounds > 1) {
    pthread_setspecific(end_key, reinterpret_cast<void*>(rounds - 1));
    return;
  }
  Goroutine* goroutine = os_thread.goroutine;
  if (goroutine == nullptr) return;
  const GoroutineId id = goroutine->life->id;
  release_robust_mutexes();
  abandon_thread();
  const Inside inside;
  consume({.kind = EventKind::kGoEnd, .goroutine = id});
}

void watch_end() {
  static const int made = pthread_key_create(&end_key, &on_thread_end);
  if (made != 0) return;
  pthread_setspecific(end_key,
                      reinterpret_cast<void*>(PTHREAD_DESTRUCTOR_ITERATIONS));
}

void* run_thread(void* given) {
  Start start;
  {
    const Inside inside;
    const std::unique_ptr<Start> owned(static_cast<Start*>(given));
    start = *owned;
  }
  if (start.id == 0) {
    os_thread.is_runtimes = true;
  } else {
    adopt_thread(start.id);
    const Inside inside;
    watch_end();
  }
  pthread_sigmask(SIG_SETMASK, &start.blocked, nullptr);
  return start.function(start.argument);
}

// Tells of the new thread before it can run.
GoroutineId announce(Goroutine& creator, const pthread_attr_t* attributes,
                     void* return_address) {
  int detached = PTHREAD_CREATE_JOINABLE;
  if (attributes != nullptr) {
    pthread_attr_getdetachstate(attributes, &detached);
  }
  Event event{.kind = EventKind::kGoCreate};
  event.goroutine = creator.life->id;
  event.other = new_thread_id();
  // std::thread's constructor calls us from a library.
  event.pc = unwound_calling_pc(creator);
  if (event.pc == 0) {
    event.pc = reinterpret_cast<std::uintptr_t>(return_address) - 1;
  }
  if (detached == PTHREAD_CREATE_JOINABLE) event.flags = csp::seam::kJoinable;
  consume(event);
  return event.other;
}

// The thread's end has been seen, or never will be.
void forget_thread(pthread_t thread, GoroutineId id, std::uint8_t flags) {
  if (!is_running) return;
  Goroutine* goroutine = acting();
  const Inside inside;
  joinable().remove(thread);
  if (id == 0 || goroutine == nullptr) return;
  consume({.kind = EventKind::kJoin,
           .flags = flags,
           .goroutine = goroutine->life->id,
           .other = id});
}

GoroutineId known_id(pthread_t thread) {
  if (!is_running || os_thread.inside > 0) return 0;
  const Inside inside;
  return joinable().find(thread);
}

}  // namespace

GoroutineId foreign_thread_id() {
  Goroutine* goroutine = acting();
  if (goroutine == nullptr) return is_running ? 0 : new_thread_id();
  const Inside inside;
  watch_end();
  return goroutine->life->id;
}

}  // namespace chansan::live

using namespace chansan::live;

extern "C" {

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                   void* (*function)(void*), void* argument) noexcept {
  Goroutine* creator = acting();
  // While the creator ignores what happens, the runtime makes its own threads.
  const bool programs = creator != nullptr && creator->ignoring == 0;
  if (!is_running || os_thread.inside > 0) {
    return real_create(thread, attributes, function, argument);
  }
  Start* start = nullptr;
  GoroutineId id = 0;
  {
    const Inside inside;
    if (programs) {
      id = announce(*creator, attributes, __builtin_return_address(0));
    }
    start = new Start{function, argument, id, {}};
  }
  const SignalsBlocked signals;
  start->blocked = signals.before();
  const int error = real_create(thread, attributes, &run_thread, start);
  const Inside inside;
  if (error != 0) {
    delete start;
    if (id != 0) {
      consume({.kind = EventKind::kGoEnd, .goroutine = id});
    }
  } else if (id != 0) {
    joinable().add(*thread, id);
  }
  return error;
}

int pthread_join(pthread_t thread, void** result) {
  const GoroutineId id = known_id(thread);
  const int error = real_join(thread, result);
  if (error == 0) forget_thread(thread, id, 0);
  return error;
}

int pthread_tryjoin_np(pthread_t thread, void** result) noexcept {
  const GoroutineId id = known_id(thread);
  const int error = real_tryjoin(thread, result);
  if (error == 0) forget_thread(thread, id, 0);
  return error;
}

int pthread_timedjoin_np(pthread_t thread, void** result,
                         const timespec* until) {
  const GoroutineId id = known_id(thread);
  const int error = real_timedjoin(thread, result, until);
  if (error == 0) forget_thread(thread, id, 0);
  return error;
}

int pthread_detach(pthread_t thread) noexcept {
  const GoroutineId id = known_id(thread);
  // Before the thread can be gone and its name be another's.
  if (id != 0) forget_thread(thread, id, csp::seam::kDetached);
  return real_detach(thread);
}

}  // extern "C"
