// POSIX threads and every kind of their locks.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>
#include <ucontext.h>

#include "scenario.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t other = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static timespec in_an_hour() {
  timespec when;
  clock_gettime(CLOCK_REALTIME, &when);
  when.tv_sec += 3600;
  return when;
}
static timespec soon() {
  timespec when;
  clock_gettime(CLOCK_REALTIME, &when);
  when.tv_nsec += 1000000;
  if (when.tv_nsec >= 1000000000) {
    ++when.tv_sec;
    when.tv_nsec -= 1000000000;
  }
  return when;
}

static void* write_x(void*) {
  ++x;
  return nullptr;
}
NORACE(create_and_join) {
  x = 1;
  pthread_t thread;
  pthread_create(&thread, nullptr, &write_x, nullptr);
  pthread_join(thread, nullptr);
  x = 2;
}
RACE(create_without_join) {
  pthread_t thread;
  pthread_create(&thread, nullptr, &write_x, nullptr);
  ++x;
  pthread_join(thread, nullptr);
}
NORACE(result_of_a_thread) {
  pthread_t thread;
  pthread_create(
      &thread, nullptr, [](void*) -> void* { return new int(7); }, nullptr);
  void* result = nullptr;
  pthread_join(thread, &result);
  use(*static_cast<int*>(result));
  delete static_cast<int*>(result);
}
NORACE(exit_of_a_thread) {
  pthread_t thread;
  pthread_create(
      &thread, nullptr,
      [](void*) -> void* {
        x = 1;
        pthread_exit(nullptr);
      },
      nullptr);
  pthread_join(thread, nullptr);
  x = 2;
}
RACE(detached_by_its_attribute) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  pthread_create(
      &thread, &attributes,
      [](void*) -> void* {
        x = 1;
        ended.step();
        return nullptr;
      },
      nullptr);
  ended.wait();
  x = 2;
}
NORACE(tryjoin) {
  pthread_t thread;
  pthread_create(&thread, nullptr, &write_x, nullptr);
  while (pthread_tryjoin_np(thread, nullptr) == EBUSY) sched_yield();
  x = 2;
}
NORACE(timedjoin) {
  pthread_t thread;
  pthread_create(&thread, nullptr, &write_x, nullptr);
  const timespec until = in_an_hour();
  pthread_timedjoin_np(thread, nullptr, &until);
  x = 2;
}
NORACE(cancelled_thread_is_joined) {
  pthread_t thread;
  pthread_create(
      &thread, nullptr,
      [](void*) -> void* {
        x = 1;
        first.step();
        for (;;) {
          timespec rest{3600, 0};
          nanosleep(&rest, nullptr);
        }
      },
      nullptr);
  first.wait();
  pthread_cancel(thread);
  pthread_join(thread, nullptr);
  x = 2;
}
NORACE(thread_specific_data) {
  static pthread_key_t key;
  pthread_key_create(&key,
                     [](void* value) { delete static_cast<int*>(value); });
  const auto work = [] {
    pthread_setspecific(key, new int(1));
    ++*static_cast<int*>(pthread_getspecific(key));
  };
  threads(work, work);
}

NORACE(mutex_protects) {
  const auto count = [] {
    pthread_mutex_lock(&mutex);
    ++x;
    pthread_mutex_unlock(&mutex);
  };
  threads(count, count);
}
RACE(mutexes_that_differ) {
  threads(
      [] {
        pthread_mutex_lock(&mutex);
        ++x;
        pthread_mutex_unlock(&mutex);
      },
      [] {
        pthread_mutex_lock(&other);
        ++x;
        pthread_mutex_unlock(&other);
      });
}
NORACE(timedlock) {
  const auto count = [] {
    const timespec until = in_an_hour();
    if (pthread_mutex_timedlock(&mutex, &until) != 0) return;
    ++x;
    pthread_mutex_unlock(&mutex);
  };
  threads(count, count);
}
RACE(timedlock_that_timed_out) {
  threads(
      [] {
        pthread_mutex_lock(&mutex);
        x = 1;
        first.step();
        second.wait();
        pthread_mutex_unlock(&mutex);
      },
      [] {
        first.wait();
        const timespec until = soon();
        if (pthread_mutex_timedlock(&mutex, &until) == ETIMEDOUT) x = 2;
        second.step();
      });
}
RACE(trylock_that_fails) {
  threads(
      [] {
        x = 1;
        pthread_mutex_lock(&mutex);
        first.step();
        second.wait();
        pthread_mutex_unlock(&mutex);
      },
      [] {
        first.wait();
        if (pthread_mutex_trylock(&mutex) == EBUSY) x = 2;
        second.step();
      });
}
static void mutex_of_type(int type) {
  static pthread_mutex_t typed;
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, type);
  pthread_mutex_init(&typed, &attributes);
  const auto count = [] {
    pthread_mutex_lock(&typed);
    ++x;
    pthread_mutex_unlock(&typed);
  };
  threads(count, count);
  pthread_mutex_destroy(&typed);
}
NORACE(error_checking_mutex) { mutex_of_type(PTHREAD_MUTEX_ERRORCHECK); }
NORACE(adaptive_mutex) { mutex_of_type(PTHREAD_MUTEX_ADAPTIVE_NP); }
NORACE(recursive_mutex) {
  static pthread_mutex_t recursive;
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&recursive, &attributes);
  const auto count = [] {
    pthread_mutex_lock(&recursive);
    pthread_mutex_lock(&recursive);
    ++x;
    pthread_mutex_unlock(&recursive);
    ++y;
    pthread_mutex_unlock(&recursive);
  };
  threads(count, count);
}
NORACE(robust_mutex_of_a_dead_owner) {
  static pthread_mutex_t robust;
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&robust, &attributes);
  std::thread dies([] {
    pthread_mutex_lock(&robust);
    x = 1;
  });
  dies.join();
  if (pthread_mutex_lock(&robust) == EOWNERDEAD) {
    pthread_mutex_consistent(&robust);
  }
  x = 2;
  pthread_mutex_unlock(&robust);
}
RACE(recycled_mutex_orders_nothing_from_its_past) {
  static pthread_mutex_t recycled;
  threads(
      [] {
        pthread_mutex_init(&recycled, nullptr);
        x = 1;
        pthread_mutex_lock(&recycled);
        pthread_mutex_unlock(&recycled);
        pthread_mutex_destroy(&recycled);
        first.step();
      },
      [] {
        first.wait();
        pthread_mutex_init(&recycled, nullptr);
        pthread_mutex_lock(&recycled);
        x = 2;
        pthread_mutex_unlock(&recycled);
      });
}

NORACE(rwlock) {
  threads(
      [] {
        pthread_rwlock_wrlock(&lock);
        ++x;
        pthread_rwlock_unlock(&lock);
      },
      [] {
        pthread_rwlock_rdlock(&lock);
        use(x);
        pthread_rwlock_unlock(&lock);
      },
      [] {
        pthread_rwlock_rdlock(&lock);
        use(x);
        pthread_rwlock_unlock(&lock);
      });
}
RACE(rwlock_write_under_the_read_lock) {
  const auto count = [] {
    pthread_rwlock_rdlock(&lock);
    ++x;
    pthread_rwlock_unlock(&lock);
  };
  threads(count, count);
}
NORACE(rwlock_timed) {
  threads(
      [] {
        const timespec until = in_an_hour();
        if (pthread_rwlock_timedwrlock(&lock, &until) != 0) return;
        ++x;
        pthread_rwlock_unlock(&lock);
      },
      [] {
        const timespec until = in_an_hour();
        if (pthread_rwlock_timedrdlock(&lock, &until) != 0) return;
        use(x);
        pthread_rwlock_unlock(&lock);
      });
}
RACE(rwlock_try_that_fails) {
  threads(
      [] {
        x = 1;
        pthread_rwlock_rdlock(&lock);
        first.step();
        second.wait();
        pthread_rwlock_unlock(&lock);
      },
      [] {
        first.wait();
        if (pthread_rwlock_trywrlock(&lock) == EBUSY) x = 2;
        second.step();
      });
}
NORACE(spin_lock) {
  static pthread_spinlock_t spin;
  pthread_spin_init(&spin, 0);
  const auto count = [] {
    pthread_spin_lock(&spin);
    ++x;
    pthread_spin_unlock(&spin);
  };
  threads(count, count);
}
NORACE(spin_trylock) {
  static pthread_spinlock_t spin;
  pthread_spin_init(&spin, 0);
  const auto count = [] {
    while (pthread_spin_trylock(&spin) != 0) sched_yield();
    ++x;
    pthread_spin_unlock(&spin);
  };
  threads(count, count);
}

// A stack that the program switches to by itself and tells of.
extern "C" {
void* __tsan_get_current_fiber();
void* __tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void* fiber);
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
}
static void run_fiber(unsigned flags) {
  static ucontext_t here, there;
  static void* main_fiber;
  static unsigned back;
  static char stack[1 << 16];
  main_fiber = __tsan_get_current_fiber();
  back = flags;
  void* fiber = __tsan_create_fiber(0);
  getcontext(&there);
  there.uc_stack.ss_sp = stack;
  there.uc_stack.ss_size = sizeof stack;
  there.uc_link = nullptr;
  makecontext(
      &there,
      [] {
        x = 1;
        __tsan_switch_to_fiber(main_fiber, back);
        swapcontext(&there, &here);
      },
      0);
  __tsan_switch_to_fiber(fiber, flags);
  swapcontext(&here, &there);
  x = 2;
  __tsan_destroy_fiber(fiber);
}
NORACE(fiber_switch_orders) { run_fiber(0); }
RACE(fiber_switch_that_orders_nothing) { run_fiber(1); }
