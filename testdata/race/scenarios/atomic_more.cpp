// Atomics of every kind: flags, references, shared_ptr, wait and notify, sizes,
// and atomic against plain.
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "scenario.h"

using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;

static std::atomic<int> a;

RACE(atomic_write_against_plain_read) {
  alignas(4) static int plain;
  threads([] { std::atomic_ref<int>(plain).store(1); }, [] { use(plain); });
}
RACE(atomic_read_against_plain_write) {
  static int plain;
  threads([] { keep(std::atomic_ref<int>(plain).load()); },
          [] {
            plain = 1;
            keep(plain);
          });
}
NORACE(atomic_read_against_plain_read) {
  static int plain;
  threads([] { keep(std::atomic_ref<int>(plain).load()); }, [] { use(plain); });
}
RACE(atomic_increment_against_plain_write) {
  static int plain;
  threads([] { std::atomic_ref<int>(plain).fetch_add(1); },
          [] {
            plain = 1;
            keep(plain);
          });
}
RACE(construction_of_an_atomic_is_not_atomic) {
  alignas(
      std::atomic<int>) static unsigned char place[sizeof(std::atomic<int>)];
  in_turn([] { new (place) std::atomic<int>(1); },
          [] { keep(reinterpret_cast<std::atomic<int>*>(place)->load()); });
}
NORACE(atomic_ref_orders) {
  static int flag;
  threads(
      [] {
        x = 1;
        std::atomic_ref<int>(flag).store(1, memory_order_release);
      },
      [] {
        while (std::atomic_ref<int>(flag).load(memory_order_acquire) != 1) {
          std::this_thread::yield();
        }
        x = 2;
      });
}
RACE(atomic_ref_relaxed) {
  static int flag;
  threads(
      [] {
        x = 1;
        std::atomic_ref<int>(flag).store(1, memory_order_relaxed);
      },
      [] {
        while (std::atomic_ref<int>(flag).load(memory_order_relaxed) != 1) {
          std::this_thread::yield();
        }
        x = 2;
      });
}
NORACE(atomic_flag_as_a_lock) {
  static std::atomic_flag flag;
  const auto locked = [] {
    while (flag.test_and_set(memory_order_acquire)) std::this_thread::yield();
    ++x;
    flag.clear(memory_order_release);
  };
  threads(locked, locked);
}
RACE(atomic_flag_relaxed) {
  static std::atomic_flag flag;
  const auto locked = [] {
    while (flag.test_and_set(memory_order_relaxed)) std::this_thread::yield();
    ++x;
    flag.clear(memory_order_relaxed);
  };
  threads(locked, locked);
}
NORACE(atomic_flag_wait_and_notify) {
  static std::atomic_flag flag;
  threads(
      [] {
        x = 1;
        flag.test_and_set(memory_order_release);
        flag.notify_one();
      },
      [] {
        flag.wait(false, memory_order_acquire);
        x = 2;
      });
}
NORACE(wait_and_notify) {
  threads(
      [] {
        x = 1;
        a.store(1);
        a.notify_all();
      },
      [] {
        a.wait(0);
        x = 2;
      });
}
RACE(wait_relaxed) {
  threads(
      [] {
        x = 1;
        a.store(1);
        a.notify_all();
      },
      [] {
        a.wait(0, memory_order_relaxed);
        x = 2;
      });
}
RACE(write_after_the_notify) {
  threads(
      [] {
        a.store(1);
        a.notify_all();
        x = 1;
      },
      [] {
        a.wait(0);
        x = 2;
      });
}
template <class T>
void every_size() {
  static std::atomic<T> flag{};
  threads(
      [] {
        x = 1;
        flag.store(T(1), memory_order_release);
      },
      [] {
        while (flag.load(memory_order_acquire) != T(1)) {
          std::this_thread::yield();
        }
        ++x;
      });
}
NORACE(one_byte) { every_size<std::uint8_t>(); }
NORACE(two_bytes) { every_size<std::uint16_t>(); }
NORACE(eight_bytes) { every_size<std::uint64_t>(); }
NORACE(boolean) { every_size<bool>(); }
NORACE(floating_point) { every_size<float>(); }
NORACE(double_precision) { every_size<double>(); }
NORACE(floating_point_addition) {
  static std::atomic<double> sum{0};
  threads(
      [] {
        x = 1;
        sum.fetch_add(1.5, memory_order_release);
      },
      [] {
        while (sum.load(memory_order_acquire) != 1.5) std::this_thread::yield();
        x = 2;
      });
}
RACE(floating_point_addition_relaxed) {
  static std::atomic<double> sum{0};
  threads(
      [] {
        x = 1;
        sum.fetch_add(1.5, memory_order_relaxed);
      },
      [] {
        while (sum.load(memory_order_relaxed) != 1.5) std::this_thread::yield();
        x = 2;
      });
}
NORACE(pointer_arithmetic) {
  static int values[4];
  static std::atomic<int*> at{values};
  threads(
      [] {
        x = 1;
        at.fetch_add(2, memory_order_release);
      },
      [] {
        while (at.load(memory_order_acquire) != values + 2) {
          std::this_thread::yield();
        }
        x = 2;
      });
}
NORACE(bit_operations_continue_a_release_sequence) {
  threads(
      [] {
        x = 1;
        a.fetch_or(1, memory_order_release);
      },
      [] {
        a.fetch_or(2, memory_order_relaxed);
        a.fetch_and(~4, memory_order_relaxed);
        a.fetch_xor(8, memory_order_relaxed);
        first.step();
      },
      [] {
        first.wait();
        while ((a.load(memory_order_acquire) & 1) == 0) {
          std::this_thread::yield();
        }
        x = 2;
      });
}
struct Large {
  long part[4];
};
NORACE(larger_than_the_machine_can) {
  static std::atomic<Large> large{Large{}};
  threads([] { large.store(Large{{1, 1, 1, 1}}); },
          [] { keep(large.load().part[3]); });
}

NORACE(shared_ptr_counts) {
  auto shared = std::make_shared<int>(1);
  std::thread one([copy = shared] { use(*copy); });
  std::thread two([copy = shared] { use(*copy); });
  shared.reset();
  one.join();
  two.join();
}
NORACE(shared_ptr_last_owner_destroys) {
  struct Value {
    int part = 0;
    ~Value() {
      part = 2;
      keep(part);
    }
  };
  auto shared = std::make_shared<Value>();
  std::thread one([copy = shared]() mutable {
    use(copy->part);
    copy.reset();
  });
  std::thread two([copy = std::move(shared)]() mutable {
    use(copy->part);
    copy.reset();
  });
  one.join();
  two.join();
}
RACE(shared_ptr_object_is_written_by_two) {
  // Copies and drops of the count order: only before and after the writes.
  auto shared = std::make_shared<int>(1);
  auto mine = shared, yours = shared;
  threads(
      [&] {
        ++*mine;
        first.step();
      },
      [&] {
        ++*yours;
        first.step();
      });
}
RACE(shared_ptr_variable_is_used_by_two) {
  static auto shared = std::make_shared<int>(1);
  in_turn([] { shared = std::make_shared<int>(2); },
          [] { auto copy = shared; });
}
NORACE(weak_ptr_lock) {
  auto shared = std::make_shared<int>(1);
  std::thread one([weak = std::weak_ptr<int>(shared)] {
    if (auto locked = weak.lock()) use(*locked);
  });
  shared.reset();
  one.join();
}
NORACE(atomic_shared_ptr) {
  static std::atomic<std::shared_ptr<int>> shared;
  threads([] { shared.store(std::make_shared<int>(1)); },
          [] { shared.store(std::make_shared<int>(2)); },
          [] {
            std::shared_ptr<int> copy;
            while (!(copy = shared.load())) std::this_thread::yield();
            use(*copy);
          });
}
NORACE(atomic_shared_ptr_exchange) {
  static std::atomic<std::shared_ptr<int>> shared;
  const auto swap = [] {
    for (int i = 0; i < 20; ++i) {
      auto mine = std::make_shared<int>(i);
      auto before = shared.exchange(mine);
      if (before) use(*before);
    }
  };
  threads(swap, swap);
}
RACE(atomic_shared_ptr_object_is_written_after_publication) {
  static std::atomic<std::shared_ptr<int>> shared;
  threads(
      [] {
        auto mine = std::make_shared<int>(1);
        shared.store(mine);
        first.wait();
        *mine = 2;
      },
      [] {
        std::shared_ptr<int> copy;
        while (!(copy = shared.load())) std::this_thread::yield();
        use(*copy);
        first.step();
      });
}
NORACE(free_functions_on_shared_ptr) {
  static std::shared_ptr<int> shared;
  threads([] { std::atomic_store(&shared, std::make_shared<int>(1)); },
          [] {
            std::shared_ptr<int> copy;
            while (!(copy = std::atomic_load(&shared)))
              std::this_thread::yield();
            use(*copy);
          });
}
NORACE(seq_lock_with_relaxed_data) {
  static std::atomic<unsigned> sequence;
  static std::atomic<int> data;
  threads(
      [] {
        sequence.fetch_add(1, memory_order_relaxed);
        std::atomic_thread_fence(memory_order_release);
        data.store(1, memory_order_relaxed);
        sequence.fetch_add(1, memory_order_release);
      },
      [] {
        unsigned before = 0;
        int value = 0;
        do {
          before = sequence.load(memory_order_acquire);
          value = data.load(memory_order_relaxed);
          std::atomic_thread_fence(memory_order_acquire);
        } while ((before & 1) != 0 ||
                 before != sequence.load(memory_order_relaxed));
        keep(value);
      });
}
RACE(seq_lock_with_plain_data) {
  static std::atomic<unsigned> sequence;
  threads(
      [] {
        sequence.fetch_add(1, memory_order_relaxed);
        std::atomic_thread_fence(memory_order_release);
        x = 1;
        sequence.fetch_add(1, memory_order_release);
      },
      [] { use(x); });
}
NORACE(double_checked_initialisation) {
  static std::atomic<int*> instance;
  static std::mutex guard;
  const auto get = [] {
    int* known = instance.load(memory_order_acquire);
    if (known == nullptr) {
      std::lock_guard lock(guard);
      known = instance.load(memory_order_relaxed);
      if (known == nullptr) {
        known = new int(1);
        instance.store(known, memory_order_release);
      }
    }
    use(*known);
  };
  threads(get, get, get);
}
RACE(double_checked_initialisation_without_order) {
  static int* instance;
  static std::mutex guard;
  const auto get = [] {
    if (instance == nullptr) {
      std::lock_guard lock(guard);
      if (instance == nullptr) instance = new int(1);
    }
    keep(instance);
  };
  in_turn(get, get);
}
NORACE(single_producer_single_consumer_ring) {
  static int ring[4];
  static std::atomic<unsigned> head, tail;
  threads(
      [] {
        for (unsigned i = 0; i < 100; ++i) {
          while (i - tail.load(memory_order_acquire) == 4) {
            std::this_thread::yield();
          }
          ring[i % 4] = static_cast<int>(i);
          head.store(i + 1, memory_order_release);
        }
      },
      [] {
        for (unsigned i = 0; i < 100; ++i) {
          while (head.load(memory_order_acquire) == i) {
            std::this_thread::yield();
          }
          keep(ring[i % 4] + 1);
          tail.store(i + 1, memory_order_release);
        }
      });
}
RACE(ring_that_does_not_wait_for_the_consumer) {
  static int ring[4];
  static std::atomic<unsigned> head, tail;
  threads(
      [] {
        for (unsigned i = 0; i < 100; ++i) {
          while (i - tail.load(memory_order_relaxed) == 4) {
            std::this_thread::yield();
          }
          ring[i % 4] = static_cast<int>(i);
          head.store(i + 1, memory_order_release);
        }
      },
      [] {
        for (unsigned i = 0; i < 100; ++i) {
          while (head.load(memory_order_acquire) == i) {
            std::this_thread::yield();
          }
          use(ring[i % 4]);
          tail.store(i + 1, memory_order_relaxed);
        }
      });
}
