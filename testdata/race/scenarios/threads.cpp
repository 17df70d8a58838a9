// The threads of C++20 and what they synchronize with; no csp.
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "scenario.h"

using namespace std::chrono_literals;

static std::mutex m;

NORACE(create_orders) {
  x = 1;
  std::thread thread([] { x = 2; });
  thread.join();
  x = 3;
}
RACE(create_does_not_order_what_follows) {
  std::thread thread([] { x = 2; });
  x = 1;
  thread.join();
}
RACE(detached_end_orders_nothing) {
  std::thread([] {
    x = 1;
    ended.step();
  }).detach();
  ended.wait();
  std::this_thread::sleep_for(5ms);
  x = 2;
}
RACE(join_of_another_thread) {
  std::thread one([] {
    x = 1;
    first.step();
  });
  std::thread two([] { first.wait(); });
  two.join();
  x = 2;
  one.join();
}
NORACE(join_passes_on_joins) {
  std::thread outer([] {
    std::thread inner([] { x = 1; });
    inner.join();
  });
  outer.join();
  x = 2;
}
NORACE(jthread_joins_at_its_end) {
  {
    std::jthread thread([] { x = 1; });
  }
  x = 2;
}
RACE(jthread_while_it_runs) {
  std::jthread thread([] { x = 1; });
  x = 2;
}
NORACE(stop_token_orders_the_request) {
  std::jthread thread([](std::stop_token stop) {
    while (!stop.stop_requested()) std::this_thread::yield();
    x = 2;
  });
  x = 1;
  thread.request_stop();
}
NORACE(stop_callback_runs_in_order) {
  std::stop_source source;
  std::jthread thread([token = source.get_token()] {
    std::stop_callback callback(token, [] { x = 2; });
    while (!token.stop_requested()) std::this_thread::yield();
  });
  x = 1;
  source.request_stop();
}
NORACE(arguments_are_copied) {
  std::string text(100, 'a');
  std::thread thread(
      [](std::string copy) {
        copy[0] = 'b';
        keep(copy);
      },
      text);
  text[0] = 'c';
  thread.join();
}
RACE(argument_by_reference) {
  static int value;
  std::thread thread([](int& place) { place = 1; }, std::ref(value));
  value = 2;
  thread.join();
  keep(value);
}
NORACE(many_threads_with_parts) {
  std::vector<int> parts(8);
  std::vector<std::thread> all;
  for (int& part : parts) all.emplace_back([&part] { part = 1; });
  for (auto& thread : all) thread.join();
  for (int part : parts) x += part;
}

NORACE(mutex) {
  const auto count = [] {
    std::lock_guard guard(m);
    ++x;
  };
  threads(count, count, count);
}
RACE(mutex_missing_once) {
  threads(
      [] {
        std::lock_guard guard(m);
        ++x;
      },
      [] { ++x; });
}
RACE(mutex_copied_with_its_data) {
  struct Counter {
    std::mutex guard;
    int* value;
  };
  static int value;
  const auto count = [] {
    Counter mine{{}, &value};
    std::lock_guard guard(mine.guard);
    ++*mine.value;
  };
  threads(count, count);
  keep(value);
}
RACE(try_lock_that_fails) {
  threads(
      [] {
        x = 1;
        std::lock_guard guard(m);
        first.step();
        second.wait();
      },
      [] {
        first.wait();
        if (m.try_lock()) {
          m.unlock();
        } else {
          x = 2;
        }
        second.step();
      });
}
NORACE(try_lock_that_succeeds) {
  const auto count = [] {
    std::unique_lock lock(m, std::try_to_lock);
    while (!lock) {
      std::this_thread::yield();
      lock.try_lock();
    }
    ++x;
  };
  threads(count, count);
}
NORACE(recursive_mutex) {
  static std::recursive_mutex recursive;
  const auto count = [] {
    std::lock_guard outer(recursive);
    {
      std::lock_guard inner(recursive);
      ++x;
    }
    ++x;
  };
  threads(count, count);
}
NORACE(timed_mutex) {
  static std::timed_mutex timed;
  const auto count = [] {
    while (!timed.try_lock_for(1h)) {
    }
    ++x;
    timed.unlock();
  };
  threads(count, count);
}
RACE(timed_mutex_that_timed_out) {
  static std::timed_mutex timed;
  threads(
      [] {
        x = 1;
        timed.lock();
        first.step();
        second.wait();
        timed.unlock();
      },
      [] {
        first.wait();
        if (!timed.try_lock_for(1ms)) x = 2;
        second.step();
      });
}
NORACE(recursive_timed_mutex) {
  static std::recursive_timed_mutex timed;
  const auto count = [] {
    std::lock_guard outer(timed);
    while (!timed.try_lock_for(1h)) {
    }
    ++x;
    timed.unlock();
  };
  threads(count, count);
}
NORACE(lock_of_several) {
  static std::mutex other;
  threads(
      [] {
        std::scoped_lock lock(m, other);
        ++x;
      },
      [] {
        std::scoped_lock lock(other, m);
        ++x;
      });
}
NORACE(shared_mutex) {
  static std::shared_mutex shared;
  threads(
      [] {
        std::unique_lock lock(shared);
        ++x;
      },
      [] {
        std::shared_lock lock(shared);
        use(x);
      },
      [] {
        std::shared_lock lock(shared);
        use(x);
      });
}
RACE(shared_mutex_written_under_the_shared_lock) {
  static std::shared_mutex shared;
  const auto count = [] {
    std::shared_lock lock(shared);
    ++x;
  };
  threads(count, count);
}
NORACE(shared_timed_mutex) {
  static std::shared_timed_mutex shared;
  threads(
      [] {
        while (!shared.try_lock_for(1h)) {
        }
        ++x;
        shared.unlock();
      },
      [] {
        while (!shared.try_lock_shared_for(1h)) {
        }
        use(x);
        shared.unlock_shared();
      });
}
NORACE(reader_then_writer) {
  static std::shared_mutex shared;
  threads(
      [] {
        std::shared_lock lock(shared);
        y = 1;
        first.step();
      },
      [] {
        first.wait();
        std::unique_lock lock(shared);
        y = 2;
      });
}

NORACE(condition_variable) {
  static std::condition_variable ready;
  static bool done;
  threads(
      [] {
        std::lock_guard guard(m);
        done = true;
        x = 1;
        ready.notify_one();
      },
      [] {
        std::unique_lock lock(m);
        ready.wait(lock, [] { return done; });
        x = 2;
      });
}
RACE(condition_variable_write_after_the_lock) {
  static std::condition_variable ready;
  static bool done;
  threads(
      [] {
        {
          std::lock_guard guard(m);
          done = true;
        }
        x = 1;
        ready.notify_one();
      },
      [] {
        std::unique_lock lock(m);
        ready.wait(lock, [] { return done; });
        x = 2;
      });
}
RACE(condition_variable_flag_outside_the_lock) {
  static std::condition_variable ready;
  static bool done;
  threads(
      [] {
        done = true;
        ready.notify_one();
      },
      [] {
        std::unique_lock lock(m);
        ready.wait_for(lock, 10ms, [] { return done; });
      });
}
NORACE(condition_variable_that_timed_out) {
  static std::condition_variable ready;
  threads(
      [] {
        std::unique_lock lock(m);
        ready.wait_for(lock, 1ms);
        ++x;
      },
      [] {
        std::lock_guard guard(m);
        ++x;
      });
}
NORACE(condition_variable_any) {
  static std::condition_variable_any ready;
  static std::shared_mutex shared;
  static bool done;
  threads(
      [] {
        std::unique_lock lock(shared);
        done = true;
        ready.notify_all();
      },
      [] {
        std::shared_lock lock(shared);
        ready.wait(lock, [] { return done; });
      });
}
RACE(condition_variable_any_write_before_the_notify) {
  static std::condition_variable_any ready;
  static bool done;
  threads(
      [] {
        first.wait();
        {
          std::lock_guard guard(m);
          done = true;
        }
        x = 1;
        ready.notify_all();
        second.step();
      },
      [] {
        std::unique_lock lock(m);
        first.step();
        ready.wait(lock, [] { return done; });
        lock.unlock();
        second.wait();
        x = 2;
      });
}
NORACE(condition_variable_any_write_before_the_unlock) {
  static std::condition_variable_any ready;
  static bool done;
  threads(
      [] {
        first.wait();
        {
          std::lock_guard guard(m);
          done = true;
          x = 1;
        }
        ready.notify_all();
        second.step();
      },
      [] {
        std::unique_lock lock(m);
        first.step();
        ready.wait(lock, [] { return done; });
        lock.unlock();
        second.wait();
        x = 2;
      });
}
NORACE(condition_variable_any_with_stop_token) {
  static std::condition_variable_any ready;
  static bool done;
  std::jthread thread([](std::stop_token stop) {
    std::unique_lock lock(m);
    ready.wait(lock, stop, [] { return done; });
    ++x;
  });
  {
    std::lock_guard guard(m);
    ++x;
  }
  thread.request_stop();
}
