// POSIX conditions, barriers, semaphores, once.
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <time.h>

#include "scenario.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static sem_t semaphore;
static bool done;

// A time that lies `ms` ahead.
static timespec after(long ms) {
  timespec when;
  clock_gettime(CLOCK_REALTIME, &when);
  when.tv_sec += ms / 1000;
  when.tv_nsec += ms % 1000 * 1000000;
  if (when.tv_nsec >= 1000000000) {
    ++when.tv_sec;
    when.tv_nsec -= 1000000000;
  }
  return when;
}
static timespec in_an_hour() { return after(3600000); }
static timespec soon() { return after(1); }

NORACE(condition_wait) {
  threads(
      [] {
        pthread_mutex_lock(&mutex);
        done = true;
        x = 1;
        pthread_cond_signal(&condition);
        pthread_mutex_unlock(&mutex);
      },
      [] {
        pthread_mutex_lock(&mutex);
        while (!done) pthread_cond_wait(&condition, &mutex);
        pthread_mutex_unlock(&mutex);
        x = 2;
      });
}
RACE(condition_write_after_the_unlock) {
  threads(
      [] {
        pthread_mutex_lock(&mutex);
        done = true;
        pthread_cond_broadcast(&condition);
        pthread_mutex_unlock(&mutex);
        x = 1;
      },
      [] {
        pthread_mutex_lock(&mutex);
        while (!done) pthread_cond_wait(&condition, &mutex);
        pthread_mutex_unlock(&mutex);
        x = 2;
      });
}
NORACE(condition_timedwait) {
  threads(
      [] {
        pthread_mutex_lock(&mutex);
        const timespec until = soon();
        pthread_cond_timedwait(&condition, &mutex, &until);
        ++x;
        pthread_mutex_unlock(&mutex);
      },
      [] {
        pthread_mutex_lock(&mutex);
        ++x;
        pthread_mutex_unlock(&mutex);
      });
}

static pthread_barrier_t barrier;
NORACE(barrier_orders_all) {
  pthread_barrier_init(&barrier, nullptr, 2);
  threads(
      [] {
        for (int i = 0; i < 5; ++i) {
          x = i;
          pthread_barrier_wait(&barrier);
          use(y);
          pthread_barrier_wait(&barrier);
        }
      },
      [] {
        for (int i = 0; i < 5; ++i) {
          y = i;
          pthread_barrier_wait(&barrier);
          use(x);
          pthread_barrier_wait(&barrier);
        }
      });
}
RACE(barrier_too_few) {
  pthread_barrier_init(&barrier, nullptr, 2);
  threads(
      [] {
        pthread_barrier_wait(&barrier);
        x = 1;
      },
      [] {
        pthread_barrier_wait(&barrier);
        x = 2;
      });
}

NORACE(semaphore_orders) {
  sem_init(&semaphore, 0, 0);
  threads(
      [] {
        x = 1;
        sem_post(&semaphore);
      },
      [] {
        sem_wait(&semaphore);
        x = 2;
      });
}
RACE(semaphore_write_after_the_post) {
  sem_init(&semaphore, 0, 0);
  threads(
      [] {
        sem_post(&semaphore);
        x = 1;
      },
      [] {
        sem_wait(&semaphore);
        x = 2;
      });
}
NORACE(semaphore_trywait) {
  sem_init(&semaphore, 0, 0);
  threads(
      [] {
        x = 1;
        sem_post(&semaphore);
      },
      [] {
        while (sem_trywait(&semaphore) != 0) sched_yield();
        x = 2;
      });
}
RACE(semaphore_trywait_that_fails) {
  sem_init(&semaphore, 0, 0);
  threads(
      [] {
        x = 1;
        first.step();
        second.wait();
        sem_post(&semaphore);
      },
      [] {
        first.wait();
        if (sem_trywait(&semaphore) != 0) x = 2;
        second.step();
      });
}
NORACE(semaphore_timedwait) {
  sem_init(&semaphore, 0, 0);
  threads(
      [] {
        x = 1;
        sem_post(&semaphore);
      },
      [] {
        const timespec until = in_an_hour();
        while (sem_timedwait(&semaphore, &until) != 0) {
        }
        x = 2;
      });
}
NORACE(semaphore_collects_its_posts) {
  sem_init(&semaphore, 0, 0);
  threads(
      [] {
        x = 1;
        sem_post(&semaphore);
      },
      [] {
        y = 1;
        sem_post(&semaphore);
      },
      [] {
        sem_wait(&semaphore);
        sem_wait(&semaphore);
        x = 2;
        y = 2;
      });
}
RACE(semaphore_getvalue_orders_nothing) {
  sem_init(&semaphore, 0, 0);
  threads(
      [] {
        x = 1;
        sem_post(&semaphore);
      },
      [] {
        int value = 0;
        while (value == 0) {
          sem_getvalue(&semaphore, &value);
          sched_yield();
        }
        x = 2;
      });
}
RACE(semaphore_in_recycled_memory) {
  threads(
      [] {
        sem_init(&semaphore, 0, 0);
        x = 1;
        sem_post(&semaphore);
        sem_destroy(&semaphore);
        first.step();
      },
      [] {
        first.wait();
        sem_init(&semaphore, 0, 1);
        sem_wait(&semaphore);
        x = 2;
      });
}
static pthread_once_t once = PTHREAD_ONCE_INIT;
NORACE(once_orders) {
  const auto get = [] {
    pthread_once(&once, [] { x = 1; });
    use(x);
  };
  threads(get, get);
}
RACE(once_and_a_later_write) {
  const auto get = [] {
    pthread_once(&once, [] { x = 1; });
    ++x;
  };
  threads(get, get);
}
