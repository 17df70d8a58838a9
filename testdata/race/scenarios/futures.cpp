// Once, futures, latches, barriers and semaphores of C++20; no csp.
#include <barrier>
#include <chrono>
#include <exception>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "scenario.h"

using namespace std::chrono_literals;

NORACE(call_once) {
  static std::once_flag once;
  const auto get = [] {
    std::call_once(once, [] { x = 1; });
    use(x);
  };
  threads(get, get, get);
}
NORACE(call_once_after_an_exception) {
  static std::once_flag once;
  static int tries;
  const auto get = [] {
    try {
      std::call_once(once, [] {
        if (++tries == 1) throw std::runtime_error("again");
        x = 1;
      });
    } catch (const std::exception&) {
    }
    std::call_once(once, [] { x = 1; });
    use(x);
  };
  threads(get, get);
}
NORACE(call_once_of_another_thread_after_an_exception) {
  static std::once_flag once;
  in_turn(
      [] {
        try {
          std::call_once(once, [] {
            x = 1;
            throw std::runtime_error("again");
          });
        } catch (const std::exception&) {
        }
      },
      [] { std::call_once(once, [] { x = 2; }); });
}
RACE(write_after_the_exception_of_call_once) {
  static std::once_flag once;
  const auto get = [] {
    try {
      std::call_once(once, [] { throw std::runtime_error("again"); });
    } catch (const std::exception&) {
    }
    x = 1;
  };
  in_turn(get, get);
}
RACE(call_once_orders_its_function_only) {
  static std::once_flag once;
  const auto get = [] {
    std::call_once(once, [] {});
    ++x;
  };
  threads(get, get);
}

NORACE(promise_and_future) {
  std::promise<int> promise;
  std::thread thread([&] {
    x = 1;
    promise.set_value(1);
  });
  keep(promise.get_future().get());
  x = 2;
  thread.join();
}
RACE(write_after_set_value) {
  static std::promise<int> promise;
  std::thread thread([&] {
    promise.set_value(1);
    x = 1;
  });
  promise.get_future().wait();
  x = 2;
  thread.join();
}
NORACE(promise_with_an_exception) {
  std::promise<int> promise;
  std::thread thread([&] {
    x = 1;
    try {
      throw std::runtime_error("told");
    } catch (...) {
      promise.set_exception(std::current_exception());
    }
  });
  try {
    promise.get_future().get();
  } catch (const std::exception& e) {
    keep(std::string(e.what()).size());
    x = 2;
  }
  thread.join();
}
NORACE(shared_future) {
  std::promise<std::string> promise;
  std::shared_future<std::string> future = promise.get_future().share();
  std::thread one([=] {
    keep(future.get().size());
    use(x);
  });
  std::thread two([=] {
    keep(future.get().size());
    use(x);
  });
  x = 1;
  promise.set_value(std::string(100, 'a'));
  one.join();
  two.join();
}
NORACE(future_wait_for) {
  std::promise<void> promise;
  std::thread thread([&] {
    x = 1;
    promise.set_value();
  });
  auto future = promise.get_future();
  while (future.wait_for(1ms) != std::future_status::ready) {
  }
  x = 2;
  thread.join();
}
NORACE(async_result) {
  auto result = std::async(std::launch::async, [] {
    x = 1;
    return std::vector<int>(10, 1);
  });
  keep(result.get().size());
  x = 2;
}
NORACE(async_deferred) {
  auto result = std::async(std::launch::deferred, [] { x = 1; });
  x = 2;
  result.get();
}
RACE(async_before_its_result) {
  auto result = std::async(std::launch::async, [] { x = 1; });
  x = 2;
  result.get();
}
NORACE(packaged_task) {
  std::packaged_task<int()> task([] { return x = 1; });
  auto result = task.get_future();
  std::thread thread(std::move(task));
  keep(result.get());
  x = 2;
  thread.join();
}

NORACE(latch) {
  static std::latch latch(2);
  threads(
      [] {
        x = 1;
        latch.count_down();
      },
      [] {
        y = 1;
        latch.count_down();
      },
      [] {
        latch.wait();
        x = 2;
        y = 2;
      });
}
RACE(write_after_count_down) {
  static std::latch latch(1);
  threads(
      [] {
        latch.count_down();
        x = 1;
      },
      [] {
        latch.wait();
        x = 2;
      });
}
NORACE(latch_arrive_and_wait) {
  static std::latch latch(2);
  threads(
      [] {
        x = 1;
        latch.arrive_and_wait();
        use(y);
      },
      [] {
        y = 1;
        latch.arrive_and_wait();
        use(x);
      });
}
NORACE(barrier_phases) {
  static std::barrier barrier(2);
  threads(
      [] {
        for (int i = 0; i < 5; ++i) {
          x = i;
          barrier.arrive_and_wait();
          use(y);
          barrier.arrive_and_wait();
        }
      },
      [] {
        for (int i = 0; i < 5; ++i) {
          y = i;
          barrier.arrive_and_wait();
          use(x);
          barrier.arrive_and_wait();
        }
      });
}
RACE(barrier_with_one_phase_too_few) {
  static std::barrier barrier(2);
  threads(
      [] {
        for (int i = 0; i < 3; ++i) {
          x = i;
          barrier.arrive_and_wait();
        }
      },
      [] {
        for (int i = 0; i < 3; ++i) {
          barrier.arrive_and_wait();
          use(x);
        }
      });
}
NORACE(barrier_completion) {
  static auto complete = []() noexcept { x += y + z; };
  static std::barrier barrier(2, complete);
  threads(
      [] {
        for (int i = 0; i < 5; ++i) {
          y = i;
          barrier.arrive_and_wait();
          use(x);
        }
      },
      [] {
        for (int i = 0; i < 5; ++i) {
          z = i;
          barrier.arrive_and_wait();
          use(x);
        }
      });
}
NORACE(counting_semaphore) {
  static std::counting_semaphore<> semaphore(0);
  threads(
      [] {
        x = 1;
        semaphore.release();
      },
      [] {
        semaphore.acquire();
        x = 2;
      });
}
RACE(counting_semaphore_of_two) {
  static std::counting_semaphore<> semaphore(2);
  const auto count = [] {
    semaphore.acquire();
    first.step();
    first.wait(2);
    ++x;
    semaphore.release();
  };
  threads(count, count);
}
NORACE(binary_semaphore_as_a_mutex) {
  static std::binary_semaphore semaphore(1);
  const auto count = [] {
    while (!semaphore.try_acquire_for(1h)) {
    }
    ++x;
    semaphore.release();
  };
  threads(count, count, count);
}
RACE(sleeping_orders_nothing) {
  threads([] { x = 1; },
          [] {
            std::this_thread::sleep_for(10ms);
            x = 2;
          });
}
