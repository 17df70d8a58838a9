// Where threads meet: latches, barriers, and waiting for an atomic. What orders
// is what the standard says, not what the library happens to do.
#include <atomic>
#include <barrier>
#include <latch>
#include <memory>
#include <utility>

#include "scenario.h"

NORACE(barrier_two_phases) {
  static std::barrier<> b(2);
  threads(
      [] {
        x = 1;
        b.arrive_and_wait();
        use(y);
        b.arrive_and_wait();
        x = 3;
      },
      [] {
        y = 1;
        b.arrive_and_wait();
        use(x);
        b.arrive_and_wait();
        y = 3;
      });
}
RACE(barrier_write_after_arrive) {
  static std::barrier<> b(2);
  threads(
      [] {
        auto t = b.arrive();
        x = 1;
        b.wait(std::move(t));
      },
      [] {
        b.arrive_and_wait();
        use(x);
      });
}
RACE(barrier_arrive_only_does_not_acquire) {
  static std::barrier<> b(2);
  threads(
      [] {
        x = 1;
        b.arrive_and_wait();
      },
      [] {
        (void)b.arrive();
        first.step();
        second.wait();
      },
      [] {
        first.wait();
        use(x);
        second.step();
      });
}
RACE(barrier_second_arriver_does_not_acquire) {
  static std::barrier<> b(3);
  threads(
      [] {
        x = 1;
        (void)b.arrive();
        first.step();
      },
      [] {
        first.wait();
        (void)b.arrive();
        x = 2;
        second.step();
      },
      [] {
        second.wait();
        b.arrive_and_wait();
      });
}
NORACE(barrier_drop) {
  static std::barrier<> b(2);
  threads(
      [] {
        x = 1;
        b.arrive_and_drop();
      },
      [] {
        b.arrive_and_wait();
        use(x);
        b.arrive_and_wait();
        x = 2;
      });
}
RACE(barrier_write_after_drop) {
  static std::barrier<> b(2);
  threads(
      [] {
        b.arrive_and_drop();
        x = 1;
      },
      [] {
        b.arrive_and_wait();
        use(x);
      });
}
struct CountsPhases {
  void operator()() noexcept { ++x; }
};
NORACE(barrier_completion_function) {
  static std::barrier<CountsPhases> b(2);
  auto f = [] {
    for (int i = 0; i < 10; ++i) {
      b.arrive_and_wait();
      use(x);
      b.arrive_and_wait();
    }
  };
  threads(f, f);
}
RACE(latch_countdowns_unordered) {
  static std::latch l(2);
  threads(
      [] {
        x = 1;
        l.count_down();
        first.step();
      },
      [] {
        first.wait();
        l.count_down();
        x = 2;
      });
}
NORACE(latch_try_wait) {
  static std::latch l(1);
  threads(
      [] {
        x = 1;
        l.count_down();
      },
      [] {
        while (!l.try_wait()) yield();
        use(x);
      });
}
RACE(latch_try_wait_failed) {
  static std::latch l(2);
  threads(
      [] {
        x = 1;
        l.count_down();
        first.step();
      },
      [] {
        first.wait();
        keep(l.try_wait());
        use(x);
        l.count_down();
      });
}
RACE(atomic_wait_relaxed) {
  static std::atomic<int> a{0};
  threads(
      [] {
        x = 1;
        a.store(1, std::memory_order_relaxed);
        a.notify_one();
      },
      [] {
        a.wait(0, std::memory_order_relaxed);
        use(x);
      });
}
RACE(atomic_notify_orders_nothing) {
  static std::atomic<int> a{0};
  threads(
      [] {
        x = 1;
        a.notify_all();
        first.step();
      },
      [] {
        first.wait();
        a.notify_all();
        use(x);
      });
}
RACE(atomic_wait_that_returns_at_once) {
  static std::atomic<int> a{1};
  threads(
      [] {
        x = 1;
        a.notify_all();
        first.step();
      },
      [] {
        first.wait();
        a.wait(0);
        use(x);
      });
}
NORACE(atomic_shared_wait) {
  static std::atomic<std::shared_ptr<int>> a;
  threads(
      [] {
        x = 1;
        a.store(std::make_shared<int>(5));
        a.notify_one();
      },
      [] {
        a.wait(nullptr);
        use(*a.load());
        use(x);
      });
}
