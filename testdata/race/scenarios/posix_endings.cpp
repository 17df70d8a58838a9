// How threads of POSIX end or fail: cancellation, handlers, keys, robust locks,
// calls that do not get what they ask for, signals.
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <time.h>

#include "scenario.h"

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_spinlock_t sl;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static timespec soon(int ms) {
  timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  t.tv_nsec += ms * 1000000L;
  if (t.tv_nsec >= 1000000000L) {
    t.tv_nsec -= 1000000000L;
    ++t.tv_sec;
  }
  return t;
}
static void in_two_threads(void* (*run)(void*)) {
  pthread_t a, b;
  pthread_create(&a, 0, run, 0);
  pthread_create(&b, 0, run, 0);
  pthread_join(a, 0);
  pthread_join(b, 0);
}
NORACE(cleanup_unlocks) {
  struct L {
    static void* run(void*) {
      pthread_mutex_lock(&m);
      pthread_cleanup_push([](void*) { pthread_mutex_unlock(&m); }, nullptr);
      x++;
      pthread_exit(nullptr);
      pthread_cleanup_pop(0);
    }
  };
  in_two_threads(L::run);
  use(x);
}
RACE(cleanup_writes) {
  struct L {
    static void* run(void*) {
      pthread_cleanup_push([](void*) { x = 1; }, nullptr);
      pthread_exit(nullptr);
      pthread_cleanup_pop(0);
    }
  };
  in_two_threads(L::run);
}
NORACE(cancel_in_condition_wait) {
  static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
  struct L {
    static void* run(void*) {
      pthread_mutex_lock(&m);
      pthread_cleanup_push(
          [](void*) {
            x = 1;
            pthread_mutex_unlock(&m);
          },
          nullptr);
      first.step();
      for (;;) pthread_cond_wait(&c, &m);
      pthread_cleanup_pop(0);
    }
  };
  pthread_t a;
  pthread_create(&a, 0, L::run, 0);
  first.wait();
  pthread_mutex_lock(&m);
  pthread_cancel(a);
  pthread_mutex_unlock(&m);
  pthread_mutex_lock(&m);
  use(x);
  pthread_mutex_unlock(&m);
  pthread_join(a, 0);
  x = 2;
}
static pthread_key_t key;
NORACE(key_destructor_before_join) {
  pthread_key_create(&key, [](void* p) { *static_cast<int*>(p) = 1; });
  std::thread([] { pthread_setspecific(key, &x); }).join();
  use(x);
}
RACE(key_destructor_races) {
  pthread_key_create(&key, [](void* p) { *static_cast<int*>(p) = 1; });
  threads([] { pthread_setspecific(key, &x); },
          [] { pthread_setspecific(key, &x); });
}
NORACE(robust) {
  static pthread_mutex_t r;
  pthread_mutexattr_t a;
  pthread_mutexattr_init(&a);
  pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&r, &a);
  std::thread([] {
    pthread_mutex_lock(&r);
    x = 1;
  }).detach();
  std::thread t([] {
    int e;
    while ((e = pthread_mutex_trylock(&r)) == EBUSY) yield();
    while (e == 0) {
      pthread_mutex_unlock(&r);
      yield();
      e = pthread_mutex_lock(&r);
    }
    if (e == EOWNERDEAD) {
      use(x);
      pthread_mutex_consistent(&r);
      pthread_mutex_unlock(&r);
    }
  });
  t.join();
}
NORACE(errorcheck_unlock_fails) {
  static pthread_mutex_t r;
  pthread_mutexattr_t a;
  pthread_mutexattr_init(&a);
  pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ERRORCHECK);
  pthread_mutex_init(&r, &a);
  auto f = [] {
    pthread_mutex_lock(&r);
    ++x;
    pthread_mutex_unlock(&r);
    keep(pthread_mutex_unlock(&r));
  };
  threads(f, f);
}
RACE(errorcheck_failed_unlock_orders_nothing) {
  static pthread_mutex_t r;
  pthread_mutexattr_t a;
  pthread_mutexattr_init(&a);
  pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ERRORCHECK);
  pthread_mutex_init(&r, &a);
  threads(
      [] {
        x = 1;
        keep(pthread_mutex_unlock(&r));
        first.step();
      },
      [] {
        first.wait();
        pthread_mutex_lock(&r);
        use(x);
        pthread_mutex_unlock(&r);
      });
}
RACE(recursive_inner_unlock_releases_nothing) {
  static pthread_mutex_t r;
  pthread_mutexattr_t a;
  pthread_mutexattr_init(&a);
  pthread_mutexattr_settype(&a, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&r, &a);
  threads(
      [] {
        pthread_mutex_lock(&r);
        pthread_mutex_lock(&r);
        pthread_mutex_unlock(&r);
        pthread_mutex_unlock(&r);
        x = 1;
        first.step();
      },
      [] {
        first.wait();
        pthread_mutex_lock(&r);
        use(x);
        pthread_mutex_unlock(&r);
      });
}
RACE(cond_signal_alone) {
  static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
  threads(
      [] {
        x = 1;
        pthread_cond_signal(&c);
        first.step();
      },
      [] {
        first.wait();
        pthread_mutex_lock(&m);
        timespec t = soon(1);
        pthread_cond_timedwait(&c, &m, &t);
        use(x);
        pthread_mutex_unlock(&m);
      });
}
RACE(spin_try_fails) {
  pthread_spin_init(&sl, 0);
  threads(
      [] {
        pthread_spin_lock(&sl);
        x = 1;
        first.step();
        second.wait();
        pthread_spin_unlock(&sl);
      },
      [] {
        first.wait();
        keep(pthread_spin_trylock(&sl));
        use(x);
        second.step();
      });
}
RACE(rw_reader_to_reader) {
  threads(
      [] {
        x = 1;
        pthread_rwlock_rdlock(&rw);
        pthread_rwlock_unlock(&rw);
        first.step();
      },
      [] {
        first.wait();
        pthread_rwlock_rdlock(&rw);
        use(x);
        pthread_rwlock_unlock(&rw);
      });
}
RACE(rw_try_fail) {
  threads(
      [] {
        pthread_rwlock_wrlock(&rw);
        x = 1;
        first.step();
        second.wait();
        pthread_rwlock_unlock(&rw);
      },
      [] {
        first.wait();
        keep(pthread_rwlock_tryrdlock(&rw));
        use(x);
        second.step();
      });
}
NORACE(pthread_kill_before_create) {
  x = 1;
  signal(SIGUSR1, [](int) {
    use(x);
    first.step();
  });
  std::thread t([] { first.wait(); });
  pthread_kill(t.native_handle(), SIGUSR1);
  t.join();
}
RACE(handler_against_thread) {
  signal(SIGUSR1, [](int) { x = 1; });
  std::thread t([] {
    first.wait();
    x = 2;
  });
  raise(SIGUSR1);
  first.step();
  t.join();
}
// A signal that comes in the middle of the thread's own accesses.
static std::atomic<bool> stop;
static int busy[64];
int from_handler;
static void work_until_stopped() {
  second.step();
  while (!stop.load(std::memory_order_relaxed)) {
    for (int& each : busy) each += 1;
  }
}
RACE(handler_in_a_busy_thread) {
  signal(SIGUSR1, [](int) {
    from_handler = 1;
    first.step();
  });
  std::thread worker(&work_until_stopped);
  second.wait();
  pthread_kill(worker.native_handle(), SIGUSR1);
  first.wait();
  stop.store(true, std::memory_order_relaxed);
  from_handler = 2;
  worker.join();
}
NORACE(handler_in_a_busy_thread_before_its_end) {
  struct sigaction action = {};
  action.sa_flags = SA_SIGINFO;
  action.sa_sigaction = [](int, siginfo_t*, void*) {
    from_handler = 1;
    first.step();
  };
  sigaction(SIGUSR1, &action, nullptr);
  std::thread worker(&work_until_stopped);
  second.wait();
  pthread_kill(worker.native_handle(), SIGUSR1);
  first.wait();
  stop.store(true, std::memory_order_relaxed);
  worker.join();
  from_handler = 2;
}
NORACE(eventfd_orders) {
  static int e = eventfd(0, 0);
  threads(
      [] {
        x = 1;
        keep(eventfd_write(e, 1));
      },
      [] {
        eventfd_t v;
        keep(eventfd_read(e, &v));
        use(x);
      });
}
NORACE(barrier_serial_thread) {
  static pthread_barrier_t b;
  pthread_barrier_init(&b, 0, 2);
  auto f = [] {
    if (pthread_barrier_wait(&b) == PTHREAD_BARRIER_SERIAL_THREAD) ++x;
    pthread_barrier_wait(&b);
    use(x);
  };
  threads(f, f);
}
