// What the language itself orders or keeps apart: static initialisation,
// exceptions, long jumps, coroutines, signals, processes; and goroutines beside
// OS threads.
#define SCENARIO_WITH_CSP
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <coroutine>
#include <exception>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "scenario.h"

struct Config {
  std::vector<int> values = std::vector<int>(10, 1);
};
static Config& config() {
  static Config one;
  return one;
}
NORACE(function_static_is_initialised_once) {
  const auto get = [] { use(config().values[3]); };
  threads(get, get, get);
}
NORACE(function_static_by_goroutines) {
  const auto get = [] { use(config().values[3]); };
  unordered(get, get, get);
}
RACE(function_static_is_written_afterwards) {
  const auto count = [] { ++config().values[3]; };
  in_turn(count, count);
}
RACE(write_after_the_initialisation) {
  static const auto get = [](int value) {
    static int one = [] { return x = 1; }();
    keep(one);
    x = value;
  };
  threads([] { get(1); }, [] { get(2); });
}
NORACE(function_static_that_threw) {
  static std::atomic<int> tries;
  const auto get = [] {
    while (true) {
      try {
        static int one = [] {
          x = 1;
          if (tries.fetch_add(1, std::memory_order_relaxed) == 0) {
            throw std::runtime_error("again");
          }
          return 1;
        }();
        use(one);
        break;
      } catch (const std::exception&) {
      }
    }
    use(x);
  };
  threads(get, get);
}
RACE(lazily_made_without_a_guard) {
  static Config* one;
  const auto get = [] {
    if (one == nullptr) one = new Config;
    use(one->values[3]);
  };
  in_turn(get, get);
}
static int global = [] { return 7; }();
NORACE(globals_are_initialised_before_main) {
  threads([] { use(global); }, [] { use(global); });
}
thread_local Config local_config;
NORACE(thread_local_with_an_initialiser) {
  const auto count = [] { ++local_config.values[3]; };
  threads(count, count);
}

static void throws(int depth) {
  if (depth == 0) throw std::runtime_error("deep");
  throws(depth - 1);
}
NORACE(exceptions_in_many_threads) {
  const auto work = [] {
    for (int i = 0; i < 20; ++i) {
      try {
        throws(i);
      } catch (const std::exception& e) {
        keep(std::string(e.what()).size());
      }
    }
  };
  threads(work, work, work);
}
RACE(write_in_a_handler) {
  const auto work = [] {
    try {
      throws(3);
    } catch (const std::exception&) {
      ++x;
    }
  };
  threads(work, work);
}
RACE(write_in_a_destructor_while_unwinding) {
  struct Counter {
    ~Counter() { ++x; }
  };
  const auto work = [] {
    try {
      Counter counter;
      throws(3);
    } catch (const std::exception&) {
    }
  };
  threads(work, work);
}
NORACE(exception_is_handed_over) {
  std::exception_ptr caught;
  std::thread thread([&] {
    try {
      throws(1);
    } catch (...) {
      caught = std::current_exception();
    }
  });
  thread.join();
  try {
    std::rethrow_exception(caught);
  } catch (const std::exception& e) {
    keep(std::string(e.what()).size());
  }
}
struct Shared {
  std::string text = std::string(100, 'a');
};
NORACE(exception_is_shared) {
  std::exception_ptr caught = std::make_exception_ptr(Shared{});
  std::vector<std::thread> all;
  for (int i = 0; i < 4; ++i) {
    all.emplace_back([copy = caught]() mutable {
      try {
        std::rethrow_exception(std::exchange(copy, nullptr));
      } catch (const Shared& shared) {
        keep(shared.text.size());
      }
    });
  }
  caught = nullptr;
  for (auto& thread : all) thread.join();
}
NORACE(exceptions_in_goroutines_that_park) {
  auto c = csp::make_chan<int>();
  unordered(
      [=] {
        try {
          throws(2);
        } catch (const std::exception& e) {
          c.send(1);
          keep(std::string(e.what()).size());
        }
      },
      [=] {
        try {
          throws(3);
        } catch (const std::exception& e) {
          c.recv();
          keep(std::string(e.what()).size());
        }
      });
}

NORACE(long_jumps) {
  const auto work = [] {
    jmp_buf back;
    volatile int round = 0;
    setjmp(back);
    round = round + 1;
    int here = round;
    keep(here);
    if (round < 5) longjmp(back, 1);
  };
  threads(work, work);
}
RACE(write_after_a_long_jump) {
  const auto work = [] {
    jmp_buf back;
    if (setjmp(back) == 0) longjmp(back, 1);
    ++x;
  };
  threads(work, work);
}

// A coroutine that is resumed by whoever holds it.
struct Lazy {
  struct promise_type {
    int value = 0;
    Lazy get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
    std::suspend_always yield_value(int next) {
      value = next;
      return {};
    }
  };
  std::coroutine_handle<promise_type> handle;
};
static Lazy count_to(int end) {
  std::vector<int> seen;
  for (int i = 0; i < end; ++i) {
    seen.push_back(i);
    co_yield seen.back();
  }
}
NORACE(coroutine_in_one_thread) {
  const auto work = [] {
    Lazy lazy = count_to(5);
    while (!lazy.handle.done()) {
      lazy.handle.resume();
      keep(lazy.handle.promise().value);
    }
    lazy.handle.destroy();
  };
  threads(work, work);
}
NORACE(coroutine_moves_between_threads_through_a_mutex) {
  static Lazy lazy = count_to(100);
  static std::mutex guard;
  const auto work = [] {
    for (int i = 0; i < 10; ++i) {
      std::lock_guard lock(guard);
      lazy.handle.resume();
      keep(lazy.handle.promise().value);
    }
  };
  threads(work, work, work);
}
NORACE(coroutine_moves_between_goroutines_through_a_channel) {
  auto c = csp::make_chan<Lazy>();
  csp::go([=] {
    Lazy lazy = count_to(10);
    lazy.handle.resume();
    c.send(lazy);
  });
  Lazy lazy = *c.recv();
  lazy.handle.resume();
  keep(lazy.handle.promise().value);
  lazy.handle.destroy();
}
RACE(coroutine_is_resumed_without_order) {
  static Lazy lazy = count_to(100);
  threads(
      [] {
        lazy.handle.resume();
        first.step();
      },
      [] {
        first.wait();
        lazy.handle.resume();
      });
}
RACE(coroutine_body_races) {
  static const auto body = []() -> Lazy {
    ++x;
    co_yield 1;
    ++x;
  };
  threads([] { body().handle.resume(); }, [] { body().handle.resume(); });
}

static volatile sig_atomic_t signalled;
NORACE(signal_handler_in_its_own_thread) {
  signal(SIGUSR1, [](int) { signalled = 1; });
  raise(SIGUSR1);
  keep(int(signalled));
}
NORACE(signal_handler_with_atomics) {
  static std::atomic<int> count;
  signal(SIGUSR1, [](int) { count.fetch_add(1); });
  threads([] { raise(SIGUSR1); }, [] { raise(SIGUSR1); });
  keep(count.load());
}

NORACE(forked_process_has_memory_of_its_own) {
  const pid_t child = fork();
  if (child == 0) {
    x = 1;
    keep(std::string(100, 'a').size());
    _exit(0);
  }
  x = 2;
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) std::abort();
}
NORACE(forked_beside_threads) {
  std::atomic<bool> stop{false};
  std::thread busy([&] {
    while (!stop) keep(std::string(100, 'a').size());
  });
  for (int i = 0; i < 10; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      std::mutex guard;
      std::lock_guard lock(guard);
      x = 1;
      keep(std::string(100, 'b').size());
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0) std::abort();
  }
  stop = true;
  busy.join();
}
RACE(race_in_a_forked_process_is_reported_there) {
  const pid_t child = fork();
  if (child == 0) {
    threads([] { x = 1; }, [] { x = 2; });
    std::exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  std::exit(WEXITSTATUS(status));
}

RACE(race_before_a_fork_is_the_parents_alone) {
  threads([] { x = 1; }, [] { x = 2; });
  const pid_t child = fork();
  if (child == 0) std::exit(0);
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) std::abort();
}

NORACE(goroutine_starts_a_thread) {
  x = 1;
  csp::go([] {
    std::thread thread([] { x = 2; });
    thread.join();
    x = 3;
    ended.step();
  });
  ended.wait();
}
NORACE(thread_starts_a_goroutine) {
  auto c = csp::make_chan<int>();
  std::thread thread([=] {
    x = 1;
    csp::go([=] {
      x = 2;
      c.send(1);
    });
  });
  c.recv();
  x = 3;
  thread.join();
}
RACE(goroutine_against_a_thread) {
  csp::go([] {
    x = 1;
    ended.step();
  });
  std::thread thread([] { x = 2; });
  thread.join();
  ended.wait();
}
NORACE(future_between_goroutine_and_thread) {
  std::promise<int> promise;
  auto future = promise.get_future();
  std::thread thread([&] {
    x = 1;
    promise.set_value(1);
  });
  csp::wait_group group;
  group.go([&] {
    csp::blocking([&] { future.get(); });
    x = 2;
  });
  group.wait();
  thread.join();
}
NORACE(atomic_between_goroutines) {
  static std::atomic<int> flag;
  unordered(
      [] {
        x = 1;
        flag.store(1, std::memory_order_release);
      },
      [] {
        while (flag.load(std::memory_order_acquire) == 0) csp::yield();
        x = 2;
      });
}
RACE(relaxed_atomic_between_goroutines) {
  static std::atomic<int> flag;
  unordered(
      [] {
        x = 1;
        flag.store(1, std::memory_order_relaxed);
      },
      [] {
        while (flag.load(std::memory_order_relaxed) == 0) csp::yield();
        x = 2;
      });
}
NORACE(goroutine_stacks_are_recycled) {
  csp::wait_group group;
  for (int i = 0; i < 100; ++i) {
    group.go([i] {
      volatile int local[64];
      for (int k = 0; k < 64; ++k) local[k] = i;
      keep(local);
    });
    if (i % 10 == 9) group.wait();
  }
  group.wait();
}
RACE(stack_variable_of_another_goroutine) {
  int local = 0;
  csp::go([&] {
    local = 1;
    ended.step();
  });
  local = 2;
  keep(local);
  ended.wait();
}
NORACE(a_thousand_goroutines_count_under_a_mutex) {
  static csp::mutex guard;
  csp::wait_group group;
  for (int i = 0; i < 1000; ++i) {
    group.go([] {
      std::lock_guard lock(guard);
      ++x;
    });
  }
  group.wait();
  ++x;
}
RACE(first_and_thousandth_goroutine) {
  csp::go([] {
    x = 1;
    ended.step();
  });
  ended.wait();
  csp::wait_group group;
  for (int i = 0; i < 1000; ++i) {
    group.go([i] {
      if (i == 999) x = 2;
    });
  }
  group.wait();
}
RACE(shared_ptr_captured_by_two_in_turn) {
  auto count = std::make_shared<int>(0);
  for (int i = 1; i <= 2; ++i) {
    csp::go([count] {
      ++*count;
      ended.step();
    });
    ended.wait(i);
    while (csp::num_goroutine() > 1) yield();
  }
}
