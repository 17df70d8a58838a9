// The start of goroutines, and csp::mutex.
#define SCENARIO_WITH_CSP
#include "scenario.h"

#include <mutex>
#include <stdexcept>

static csp::mutex m, m2;

NORACE(go_orders_what_came_before) {
  x = 1;
  csp::go([] {
    x = 2;
    ended.step();
  });
  ended.wait();
}
RACE(go_does_not_order_what_comes_after) {
  csp::go([] {
    x = 2;
    ended.step();
  });
  x = 1;
  ended.wait();
}
RACE(end_of_a_goroutine_orders_nothing) {
  csp::go([] {
    x = 2;
    ended.step();
  });
  ended.wait();
  while (csp::num_goroutine() > 1) yield();
  x = 1;
}
NORACE(go_orders_through_generations) {
  x = 1;
  csp::go([] {
    csp::go([] {
      csp::go([] {
        x = 2;
        ended.step();
      });
    });
  });
  ended.wait();
}
RACE(siblings_are_not_ordered) {
  csp::go([] {
    x = 1;
    ended.step();
  });
  csp::go([] {
    x = 2;
    ended.step();
  });
  ended.wait(2);
}
NORACE(arguments_of_go_are_the_goroutines_own) {
  int value = 1;
  csp::wait_group group;
  group.add(1);
  csp::go(
      [&group](int copy) {
        ++copy;
        keep(copy);
        group.done();
      },
      value);
  value = 2;
  group.wait();
}
RACE(captured_by_reference) {
  static int value = 1;
  csp::go([&] {
    use(value);
    ended.step();
  });
  value = 2;
  ended.wait();
}
RACE(loop_variable_captured_by_reference) {
  static int i;
  for (i = 0; i < 3; ++i) {
    csp::go([] {
      use(i);
      ended.step();
    });
  }
  ended.wait(3);
}
RACE(yield_orders_nothing) {
  csp::go([] {
    x = 1;
    ended.step();
    for (int i = 0; i < 10; ++i) csp::yield();
  });
  ended.wait();
  for (int i = 0; i < 10; ++i) csp::yield();
  x = 2;
}

NORACE(mutex_protects) {
  unordered(
      [] {
        std::lock_guard guard(m);
        ++x;
      },
      [] {
        std::lock_guard guard(m);
        ++x;
      });
}
RACE(mutex_on_one_side_only) {
  unordered(
      [] {
        std::lock_guard guard(m);
        ++x;
      },
      [] { ++x; });
}
RACE(mutexes_that_differ) {
  unordered(
      [] {
        std::lock_guard guard(m);
        ++x;
      },
      [] {
        std::lock_guard guard(m2);
        ++x;
      });
}
RACE(write_before_the_lock) {
  unordered(
      [] {
        x = 1;
        first.step();
        std::lock_guard guard(m);
        second.wait();
      },
      [] {
        first.wait();
        x = 2;
        second.step();
        std::lock_guard guard(m);
      });
}
NORACE(mutex_hands_over_what_was_before_the_unlock) {
  m.lock();
  csp::go([] {
    m.lock();
    x = 2;
    m.unlock();
    ended.step();
  });
  x = 1;
  m.unlock();
  ended.wait();
}
RACE(write_after_the_unlock) {
  m.lock();
  csp::go([] {
    m.lock();
    x = 2;
    m.unlock();
    ended.step();
  });
  m.unlock();
  x = 1;
  ended.wait();
}
NORACE(mutex_is_unlocked_by_another_goroutine) {
  m.lock();
  csp::go([] {
    x = 1;
    m.unlock();
  });
  m.lock();
  x = 2;
  m.unlock();
}
NORACE(mutex_flag_under_the_lock) {
  static bool ready;
  csp::go([] {
    x = 1;
    std::lock_guard guard(m);
    ready = true;
  });
  while (true) {
    {
      std::lock_guard guard(m);
      if (ready) break;
    }
    yield();
  }
  x = 2;
}
RACE(failed_try_lock_orders_nothing) {
  csp::go([] {
    x = 1;
    m.lock();
    first.step();
    second.wait();
    m.unlock();
    ended.step();
  });
  first.wait();
  if (!m.try_lock()) x = 2;
  second.step();
  ended.wait();
}
NORACE(successful_try_lock_orders) {
  csp::go([] {
    m.lock();
    x = 1;
    m.unlock();
    first.step();
  });
  first.wait();
  while (!m.try_lock()) yield();
  x = 2;
  m.unlock();
}
NORACE(mutex_unique_lock_moves) {
  unordered(
      [] {
        std::unique_lock lock(m);
        std::unique_lock moved(std::move(lock));
        ++x;
      },
      [] {
        std::unique_lock lock(m, std::defer_lock);
        lock.lock();
        ++x;
      });
}
NORACE(scoped_lock_of_two) {
  unordered(
      [] {
        std::scoped_lock lock(m, m2);
        ++x;
      },
      [] {
        std::scoped_lock lock(m2, m);
        ++x;
      });
}
NORACE(exception_unlocks) {
  unordered(
      [] {
        try {
          std::lock_guard guard(m);
          ++x;
          throw std::runtime_error("out");
        } catch (const std::exception&) {
        }
      },
      [] {
        std::lock_guard guard(m);
        ++x;
      });
}
NORACE(recycled_mutex_has_no_history) {
  for (int i = 0; i < 20; ++i) {
    csp::wait_group group;
    csp::mutex local;
    int count = 0;
    for (int k = 0; k < 2; ++k) {
      group.go([&] {
        std::lock_guard guard(local);
        ++count;
      });
    }
    group.wait();
    keep(count);
  }
}
NORACE(mutex_between_goroutine_and_thread) {
  csp::go([] {
    std::lock_guard guard(m);
    ++x;
    ended.step();
  });
  std::thread thread([] {
    std::lock_guard guard(m);
    ++x;
  });
  thread.join();
  ended.wait();
}
NORACE(std_mutex_between_goroutines) {
  static std::mutex standard;
  unordered(
      [] {
        std::lock_guard guard(standard);
        ++x;
      },
      [] {
        std::lock_guard guard(standard);
        ++x;
      });
}
