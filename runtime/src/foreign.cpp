#include "runtime/src/foreign.h"

#include <dirent.h>
#include <pthread.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

#include "csp/internal/fast_path.h"
#include "runtime/src/futex.h"
#include "runtime/src/listener.h"
#include "runtime/src/monitor.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/trace.h"

namespace csp::internal {

namespace {

struct Registration {
  Goroutine goroutine;
  Registration() {
    goroutine.foreign = true;
    goroutine.id =
        listening() ? seam::hooks->thread_id() : scheduler().next_id();
    goroutine.status.store(Status::kRunning);
    csp_goroutine = static_cast<std::uint32_t>(goroutine.id);
    scheduler().add_foreign(&goroutine);
  }
  ~Registration() { scheduler().remove_foreign(&goroutine); }
};

}  // namespace

Goroutine* foreign_goroutine() {
  thread_local Registration registration;
  return &registration.goroutine;
}

void park_foreign(Goroutine* self) {
  scheduler().foreign_parks();
  while (self->wake.load(std::memory_order_acquire) == 0) {
    futex_wait(self->wake, 0, kForever);
  }
  self->wake.store(0, std::memory_order_relaxed);
  self->status.store(Status::kRunning, std::memory_order_relaxed);
}

void ready_foreign(Goroutine* goroutine) {
  if (trace::on()) [[unlikely]]
    trace::ready(goroutine);
  scheduler().foreign_wakes();
  // The thread may end as soon as it sees this, but its memory is not given
  // back before the wake-up below, which needs only the address.
  goroutine->wake.store(1, std::memory_order_release);
  futex_wake(goroutine->wake);
}

bool foreign_threads_running(int machines, int parked) {
  DIR* tasks = opendir("/proc/self/task");
  // Without a descriptor to look with, it is looked again later.
  if (!tasks) return errno != ENOENT;
  int count = 0;
  while (const dirent* entry = readdir(tasks)) {
    if (entry->d_name[0] != '.') ++count;
  }
  closedir(tasks);
  // One of our own that is only about to exist must not stand in for a foreign
  // one: too many is safe, it is looked at again.
  return count > machines + parked + (monitor().running() ? 1 : 0);
}

bool start_thread(void* (*run)(void*), void* argument) {
  // Detached, and invisible to the listener.
  Unobserved unobserved;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  pthread_t thread;
  const int error = pthread_create(&thread, &attributes, run, argument);
  pthread_attr_destroy(&attributes);
  return error == 0;
}

}  // namespace csp::internal
