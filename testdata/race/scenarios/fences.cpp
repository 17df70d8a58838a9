// Fences of C++20.
#include <atomic>

#include "scenario.h"

using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;
using std::memory_order_seq_cst;

static std::atomic<int> a;

static void until(std::atomic<int>& place, int value, std::memory_order order) {
  while (place.load(order) != value) std::this_thread::yield();
}

NORACE(release_fence_before_a_relaxed_store) {
  threads(
      [] {
        x = 1;
        std::atomic_thread_fence(memory_order_release);
        a.store(1, memory_order_relaxed);
      },
      [] {
        until(a, 1, memory_order_acquire);
        x = 2;
      });
}
RACE(release_fence_after_the_relaxed_store) {
  threads(
      [] {
        x = 1;
        a.store(1, memory_order_relaxed);
        std::atomic_thread_fence(memory_order_release);
      },
      [] {
        until(a, 1, memory_order_acquire);
        x = 2;
      });
}
RACE(write_between_the_fence_and_the_store) {
  threads(
      [] {
        std::atomic_thread_fence(memory_order_release);
        x = 1;
        a.store(1, memory_order_relaxed);
      },
      [] {
        until(a, 1, memory_order_acquire);
        x = 2;
      });
}
NORACE(acquire_fence_after_a_relaxed_load) {
  threads(
      [] {
        x = 1;
        a.store(1, memory_order_release);
      },
      [] {
        until(a, 1, memory_order_relaxed);
        std::atomic_thread_fence(memory_order_acquire);
        x = 2;
      });
}
RACE(acquire_fence_before_the_relaxed_load) {
  threads(
      [] {
        x = 1;
        a.store(1, memory_order_release);
      },
      [] {
        std::atomic_thread_fence(memory_order_acquire);
        until(a, 1, memory_order_relaxed);
        x = 2;
      });
}
NORACE(fence_to_fence) {
  threads(
      [] {
        x = 1;
        std::atomic_thread_fence(memory_order_release);
        a.store(1, memory_order_relaxed);
      },
      [] {
        until(a, 1, memory_order_relaxed);
        std::atomic_thread_fence(memory_order_acquire);
        x = 2;
      });
}
NORACE(seq_cst_fences_are_both) {
  threads(
      [] {
        x = 1;
        std::atomic_thread_fence(memory_order_seq_cst);
        a.store(1, memory_order_relaxed);
      },
      [] {
        until(a, 1, memory_order_relaxed);
        std::atomic_thread_fence(memory_order_seq_cst);
        x = 2;
      });
}
RACE(acquire_fence_publishes_nothing) {
  threads(
      [] {
        x = 1;
        std::atomic_thread_fence(memory_order_acquire);
        a.store(1, memory_order_relaxed);
      },
      [] {
        until(a, 1, memory_order_relaxed);
        std::atomic_thread_fence(memory_order_acquire);
        x = 2;
      });
}
RACE(fences_without_an_atomic_between) {
  threads(
      [] {
        x = 1;
        std::atomic_thread_fence(memory_order_seq_cst);
      },
      [] {
        std::atomic_thread_fence(memory_order_seq_cst);
        x = 2;
      });
}
RACE(signal_fence_is_no_thread_fence) {
  threads(
      [] {
        x = 1;
        std::atomic_signal_fence(memory_order_seq_cst);
        a.store(1, memory_order_relaxed);
      },
      [] {
        until(a, 1, memory_order_relaxed);
        std::atomic_signal_fence(memory_order_seq_cst);
        x = 2;
      });
}
NORACE(fence_and_a_relaxed_read_modify_write) {
  threads(
      [] {
        x = 1;
        std::atomic_thread_fence(memory_order_release);
        a.fetch_add(1, memory_order_relaxed);
      },
      [] {
        y = 1;
        std::atomic_thread_fence(memory_order_release);
        a.fetch_add(1, memory_order_relaxed);
      },
      [] {
        until(a, 2, memory_order_relaxed);
        std::atomic_thread_fence(memory_order_acquire);
        x = 2;
        y = 2;
      });
}
NORACE(fence_of_the_last_owner_only) {
  struct Counted {
    std::atomic<int> owners{3};
    int value = 0;
  };
  auto* counted = new Counted;
  const auto drop = [=] {
    use(counted->value);
    if (counted->owners.fetch_sub(1, memory_order_release) == 1) {
      std::atomic_thread_fence(memory_order_acquire);
      delete counted;
    }
  };
  threads(drop, drop, drop);
}
RACE(no_fence_of_the_last_owner) {
  struct Counted {
    std::atomic<int> owners{2};
    int value = 0;
  };
  auto* counted = new Counted;
  threads(
      [=] {
        use(counted->value);
        counted->owners.fetch_sub(1, memory_order_release);
        first.step();
      },
      [=] {
        first.wait();
        if (counted->owners.fetch_sub(1, memory_order_release) == 1) {
          delete counted;
        }
      });
}
