// csp::shared_mutex, condition_variable, once, semaphore.
#define SCENARIO_WITH_CSP
#include "scenario.h"

#include <mutex>
#include <shared_mutex>
#include <stdexcept>

static csp::mutex m;
static csp::shared_mutex rw, rw2;

NORACE(shared_mutex_writers) {
  unordered(
      [] {
        std::unique_lock lock(rw);
        ++x;
      },
      [] {
        std::unique_lock lock(rw);
        ++x;
      });
}
NORACE(shared_mutex_writer_and_readers) {
  unordered(
      [] {
        std::unique_lock lock(rw);
        ++x;
      },
      [] {
        std::shared_lock lock(rw);
        use(x);
      },
      [] {
        std::shared_lock lock(rw);
        use(x);
      });
}
RACE(shared_mutex_writes_under_the_shared_lock) {
  unordered(
      [] {
        std::shared_lock lock(rw);
        ++x;
      },
      [] {
        std::shared_lock lock(rw);
        ++x;
      });
}
RACE(shared_mutexes_that_differ) {
  unordered(
      [] {
        std::unique_lock lock(rw);
        ++x;
      },
      [] {
        std::unique_lock lock(rw2);
        ++x;
      });
}
NORACE(shared_mutex_every_reader_is_before_the_next_writer) {
  unordered(
      [] {
        std::shared_lock lock(rw);
        y = 1;
        first.step();
      },
      [] {
        std::shared_lock lock(rw);
        z = 1;
        first.step();
      },
      [] {
        first.wait(2);
        std::unique_lock lock(rw);
        y = 2;
        z = 2;
      });
}
RACE(shared_mutex_reader_is_not_before_the_next_reader) {
  unordered(
      [] {
        rw.lock_shared();
        x = 1;
        rw.unlock_shared();
        first.step();
      },
      [] {
        first.wait();
        rw.lock_shared();
        x = 2;
        rw.unlock_shared();
      });
}
NORACE(shared_mutex_writer_is_before_every_reader) {
  x = 1;
  unordered(
      [] {
        rw.lock();
        x = 2;
        rw.unlock();
        first.step();
      },
      [] {
        first.wait();
        rw.lock_shared();
        use(x);
        rw.unlock_shared();
      },
      [] {
        first.wait();
        rw.lock_shared();
        use(x);
        rw.unlock_shared();
      });
}
RACE(shared_mutex_write_after_the_unlock) {
  unordered(
      [] {
        rw.lock();
        rw.unlock();
        x = 1;
        first.step();
      },
      [] {
        first.wait();
        rw.lock_shared();
        use(x);
        rw.unlock_shared();
      });
}
RACE(shared_mutex_failed_try_lock_orders_nothing) {
  csp::go([] {
    x = 1;
    rw.lock_shared();
    first.step();
    second.wait();
    rw.unlock_shared();
    ended.step();
  });
  first.wait();
  if (!rw.try_lock()) x = 2;
  second.step();
  ended.wait();
}
RACE(shared_mutex_failed_try_lock_shared_orders_nothing) {
  csp::go([] {
    x = 1;
    rw.lock();
    first.step();
    second.wait();
    rw.unlock();
    ended.step();
  });
  first.wait();
  if (!rw.try_lock_shared()) x = 2;
  second.step();
  ended.wait();
}
NORACE(shared_mutex_successful_try_lock_shared_orders) {
  csp::go([] {
    rw.lock();
    x = 1;
    rw.unlock();
    first.step();
  });
  first.wait();
  while (!rw.try_lock_shared()) yield();
  use(x);
  rw.unlock_shared();
}
NORACE(shared_mutex_blocked_readers_come_after_the_writer) {
  rw.lock();
  for (int i = 0; i < 3; ++i) {
    csp::go([] {
      first.step();
      rw.lock_shared();
      use(x);
      rw.unlock_shared();
      ended.step();
    });
  }
  first.wait(3);
  for (int i = 0; i < 50; ++i) csp::yield();
  x = 1;
  rw.unlock();
  ended.wait(3);
}

NORACE(condition_through_the_mutex) {
  static csp::condition_variable ready;
  csp::go([] {
    std::lock_guard guard(m);
    x = 1;
    ready.notify_one();
  });
  std::unique_lock lock(m);
  ready.wait(lock, [] { return x == 1; });
  x = 2;
}
RACE(condition_write_after_the_notify) {
  static csp::condition_variable ready;
  static bool done;
  csp::go([] {
    {
      std::lock_guard guard(m);
      done = true;
    }
    ready.notify_all();
    x = 1;
    ended.step();
  });
  {
    std::unique_lock lock(m);
    ready.wait(lock, [] { return done; });
  }
  x = 2;
  ended.wait();
}
NORACE(condition_with_a_shared_lock) {
  static csp::condition_variable ready;
  static bool done;
  csp::go([] {
    {
      std::unique_lock lock(rw);
      done = true;
      x = 1;
    }
    ready.notify_all();
  });
  std::shared_lock lock(rw);
  ready.wait(lock, [] { return done; });
  use(x);
}
RACE(notify_alone_orders_nothing) {
  static csp::condition_variable ready;
  unordered(
      [] {
        x = 1;
        ready.notify_all();
        first.step();
      },
      [] {
        first.wait();
        ready.notify_all();
        x = 2;
      });
}

NORACE(once_initialises) {
  static csp::once once;
  unordered(
      [] {
        once.call([] { x = 1; });
        use(x);
      },
      [] {
        once.call([] { x = 1; });
        use(x);
      });
}
RACE(once_write_after_the_call) {
  static csp::once once;
  unordered(
      [] {
        once.call([] {});
        x = 1;
      },
      [] {
        once.call([] {});
        x = 2;
      });
}
RACE(once_read_before_the_call) {
  static csp::once once;
  unordered(
      [] {
        once.call([] { x = 1; });
        first.step();
      },
      [] {
        first.wait();
        use(x);
        once.call([] { x = 1; });
      });
}
NORACE(once_that_threw_has_run) {
  static csp::once once;
  unordered(
      [] {
        try {
          once.call([] {
            x = 1;
            throw std::runtime_error("once");
          });
        } catch (const std::exception&) {
        }
        first.step();
      },
      [] {
        first.wait();
        once.call([] { x = 2; });
        x = 3;
      });
}
RACE(once_orders_its_function_only) {
  static csp::once once;
  unordered(
      [] {
        once.call([] {});
        first.step();
      },
      [] {
        first.wait();
        x = 1;
        once.call([] {});
        second.step();
      },
      [] {
        second.wait();
        once.call([] {});
        x = 2;
      });
}

NORACE(semaphore_release_before_acquire) {
  static csp::semaphore s(0);
  csp::go([] {
    x = 1;
    s.release();
  });
  s.acquire();
  x = 2;
}
RACE(semaphore_write_after_the_release) {
  static csp::semaphore s(0);
  csp::go([] {
    s.release();
    x = 1;
    ended.step();
  });
  s.acquire();
  x = 2;
  ended.wait();
}
NORACE(semaphore_of_one_is_a_mutex) {
  static csp::semaphore s(1);
  unordered(
      [] {
        s.acquire();
        ++x;
        s.release();
      },
      [] {
        s.acquire();
        ++x;
        s.release();
      },
      [] {
        s.acquire();
        ++x;
        s.release();
      });
}
RACE(semaphore_of_two_is_no_mutex) {
  static csp::semaphore s(2);
  unordered(
      [] {
        s.acquire();
        first.step();
        first.wait(2);
        ++x;
        s.release();
      },
      [] {
        s.acquire();
        first.step();
        first.wait(2);
        ++x;
        s.release();
      });
}
NORACE(semaphore_waits_for_all) {
  static csp::semaphore s(0);
  static int parts[3];
  for (int i = 0; i < 3; ++i) {
    csp::go([i] {
      parts[i] = 1;
      s.release();
    });
  }
  s.acquire(3);
  for (int& part : parts) part = 2;
  keep(parts);
}
RACE(semaphore_acquire_does_not_order_the_release) {
  static csp::semaphore s(1);
  csp::go([] {
    x = 1;
    s.acquire();
    ended.step();
  });
  ended.wait();
  s.release();
  x = 2;
}
RACE(semaphore_failed_try_acquire_orders_nothing) {
  static csp::semaphore s(1);
  csp::go([] {
    x = 1;
    s.release();
    s.acquire(2);
    first.step();
    ended.step();
  });
  first.wait();
  if (!s.try_acquire()) x = 2;
  ended.wait();
}
NORACE(semaphore_try_acquire_orders) {
  static csp::semaphore s(0);
  csp::go([] {
    x = 1;
    s.release();
  });
  while (!s.try_acquire()) yield();
  x = 2;
}
RACE(semaphore_of_two_in_turn) {
  static csp::semaphore s(2);
  const auto count = [] {
    s.acquire();
    ++x;
    s.release();
  };
  unordered(count, count);
}
RACE(semaphore_half_of_it_in_turn) {
  static csp::semaphore s(4);
  const auto count = [] {
    s.acquire(2);
    ++x;
    s.release(2);
  };
  unordered(count, count);
}
NORACE(semaphore_all_of_it) {
  static csp::semaphore s(4);
  const auto count = [] {
    s.acquire(4);
    ++x;
    s.release(4);
  };
  unordered(count, count, count);
}
NORACE(semaphore_taken_back_orders_all) {
  static csp::semaphore s(2);
  static int parts[5];
  for (int i = 0; i < 5; ++i) {
    s.acquire();
    csp::go([i] {
      parts[i] = i;
      s.release();
    });
  }
  s.acquire(2);
  for (const int part : parts) x += part;
}
