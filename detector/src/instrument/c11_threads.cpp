// The threads of C11. The C library's are its POSIX threads under other names,
// with the same types behind them, but do not pass through the functions that
// we stand in front of: here they do.
#include <pthread.h>
#include <threads.h>

#include <cerrno>
#include <cstdint>
#include <memory>

#include "detector/src/instrument/live.h"

namespace {

using chansan::live::Inside;

static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t));
static_assert(sizeof(cnd_t) == sizeof(pthread_cond_t));
static_assert(sizeof(once_flag) == sizeof(pthread_once_t));

pthread_mutex_t* posix(mtx_t* mutex) {
  return reinterpret_cast<pthread_mutex_t*>(mutex);
}
pthread_cond_t* posix(cnd_t* condition) {
  return reinterpret_cast<pthread_cond_t*>(condition);
}

int c11_result(int error) {
  switch (error) {
    case 0:
      return thrd_success;
    case EBUSY:
      return thrd_busy;
    case ETIMEDOUT:
      return thrd_timedout;
    case ENOMEM:
      return thrd_nomem;
    default:
      return thrd_error;
  }
}

struct Start {
  thrd_start_t function;
  void* argument;
};

void* run(void* given) {
  Start start;
  {
    const Inside inside;
    const std::unique_ptr<Start> owned(static_cast<Start*>(given));
    start = *owned;
  }
  const int result = start.function(start.argument);
  return reinterpret_cast<void*>(static_cast<std::intptr_t>(result));
}

Start* new_start(thrd_start_t function, void* argument) {
  const Inside inside;
  return new Start{function, argument};
}

void forget(Start* start) {
  const Inside inside;
  delete start;
}

}  // namespace

extern "C" {

int thrd_create(thrd_t* thread, thrd_start_t function, void* argument) {
  Start* start = new_start(function, argument);
  const int error = pthread_create(thread, nullptr, &run, start);
  if (error != 0) forget(start);
  return error == EAGAIN ? thrd_nomem : c11_result(error);
}
int thrd_join(thrd_t thread, int* result) {
  void* returned = nullptr;
  const int error = pthread_join(thread, &returned);
  if (result != nullptr) {
    *result = static_cast<int>(reinterpret_cast<std::intptr_t>(returned));
  }
  return c11_result(error);
}
int thrd_detach(thrd_t thread) { return c11_result(pthread_detach(thread)); }

int mtx_lock(mtx_t* mutex) {
  return c11_result(pthread_mutex_lock(posix(mutex)));
}
int mtx_trylock(mtx_t* mutex) {
  return c11_result(pthread_mutex_trylock(posix(mutex)));
}
int mtx_timedlock(mtx_t* mutex, const timespec* until) {
  return c11_result(pthread_mutex_timedlock(posix(mutex), until));
}
int mtx_unlock(mtx_t* mutex) {
  return c11_result(pthread_mutex_unlock(posix(mutex)));
}
void mtx_destroy(mtx_t* mutex) { pthread_mutex_destroy(posix(mutex)); }

int cnd_wait(cnd_t* condition, mtx_t* mutex) {
  return c11_result(pthread_cond_wait(posix(condition), posix(mutex)));
}
int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
  return c11_result(
      pthread_cond_timedwait(posix(condition), posix(mutex), until));
}

void call_once(once_flag* flag, void (*function)()) {
  pthread_once(reinterpret_cast<pthread_once_t*>(flag), function);
}

}  // extern "C"
