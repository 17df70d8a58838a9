// C++20 atomics: which orders order, and what release sequences and fences do.
#include <atomic>

#include "scenario.h"

using std::memory_order_acq_rel;
using std::memory_order_acquire;
using std::memory_order_consume;
using std::memory_order_relaxed;
using std::memory_order_release;
using std::memory_order_seq_cst;

static std::atomic<int> a, b;

static void until(std::atomic<int>& place, int value, std::memory_order order) {
  while (place.load(order) != value) std::this_thread::yield();
}

NORACE(seq_cst_store_and_load) {
  threads(
      [] {
        x = 1;
        a = 1;
      },
      [] {
        until(a, 1, memory_order_seq_cst);
        x = 2;
      });
}
NORACE(release_store_and_acquire_load) {
  threads(
      [] {
        x = 1;
        a.store(1, memory_order_release);
      },
      [] {
        until(a, 1, memory_order_acquire);
        x = 2;
      });
}
NORACE(release_store_and_consume_load) {
  threads(
      [] {
        x = 1;
        a.store(1, memory_order_release);
      },
      [] {
        until(a, 1, memory_order_consume);
        x = 2;
      });
}
RACE(release_store_and_relaxed_load) {
  threads(
      [] {
        x = 1;
        a.store(1, memory_order_release);
      },
      [] {
        until(a, 1, memory_order_relaxed);
        x = 2;
      });
}
RACE(relaxed_store_and_acquire_load) {
  threads(
      [] {
        x = 1;
        a.store(1, memory_order_relaxed);
      },
      [] {
        until(a, 1, memory_order_acquire);
        x = 2;
      });
}
RACE(relaxed_store_and_relaxed_load) {
  threads(
      [] {
        x = 1;
        a.store(1, memory_order_relaxed);
      },
      [] {
        until(a, 1, memory_order_relaxed);
        x = 2;
      });
}
RACE(write_after_the_release) {
  threads(
      [] {
        a.store(1, memory_order_release);
        x = 1;
      },
      [] {
        until(a, 1, memory_order_acquire);
        x = 2;
      });
}
RACE(read_before_the_acquire) {
  threads(
      [] {
        x = 1;
        a.store(1, memory_order_release);
      },
      [] {
        use(x);
        until(a, 1, memory_order_acquire);
      });
}
RACE(another_object) {
  threads(
      [] {
        x = 1;
        a.store(1, memory_order_release);
        first.step();
      },
      [] {
        first.wait();
        b.load(memory_order_acquire);
        x = 2;
      });
}
RACE(value_from_before_the_store) {
  // The load reads the initial value: it synchronizes with nothing.
  threads(
      [] {
        x = 1;
        first.step();
        second.wait();
        a.store(1, memory_order_release);
      },
      [] {
        first.wait();
        a.load(memory_order_acquire);
        x = 2;
        second.step();
      });
}
NORACE(relaxed_counter_is_atomic) {
  threads([] { a.fetch_add(1, memory_order_relaxed); },
          [] { a.fetch_add(1, memory_order_relaxed); },
          [] { keep(a.load(memory_order_relaxed)); });
}
NORACE(release_sequence_of_read_modify_writes) {
  threads(
      [] {
        x = 1;
        a.store(1, memory_order_release);
      },
      [] {
        until(a, 1, memory_order_relaxed);
        a.fetch_add(1, memory_order_relaxed);
      },
      [] {
        until(a, 2, memory_order_acquire);
        x = 2;
      });
}
RACE(release_sequence_is_broken_by_another_threads_store) {
  threads(
      [] {
        x = 1;
        a.store(1, memory_order_release);
      },
      [] {
        until(a, 1, memory_order_relaxed);
        a.store(2, memory_order_relaxed);
      },
      [] {
        until(a, 2, memory_order_relaxed);
        a.load(memory_order_acquire);
        x = 2;
      });
}
RACE(release_sequence_is_broken_by_the_threads_own_relaxed_store) {
  // So since C++20: a store of the same thread does not continue it.
  threads(
      [] {
        x = 1;
        a.store(1, memory_order_release);
        a.store(2, memory_order_relaxed);
      },
      [] {
        until(a, 2, memory_order_relaxed);
        a.load(memory_order_acquire);
        x = 2;
      });
}
NORACE(release_sequence_of_several_releases) {
  threads(
      [] {
        x = 1;
        a.fetch_add(1, memory_order_release);
      },
      [] {
        y = 1;
        a.fetch_add(1, memory_order_release);
      },
      [] {
        until(a, 2, memory_order_acquire);
        x = 2;
        y = 2;
      });
}
RACE(releases_of_one_counter_do_not_order_each_other) {
  threads(
      [] {
        x = 1;
        a.fetch_add(1, memory_order_release);
      },
      [] {
        a.fetch_add(1, memory_order_release);
        x = 2;
      });
}
NORACE(acq_rel_counter_orders_the_last_one) {
  const auto last = [] {
    if (a.fetch_sub(1, memory_order_acq_rel) == 1) x = 3;
  };
  a = 2;
  threads(
      [=] {
        y = 1;
        last();
      },
      [=] {
        z = 1;
        last();
      });
}
RACE(relaxed_counter_does_not_order_the_last_one) {
  a = 2;
  threads(
      [] {
        x = 1;
        a.fetch_sub(1, memory_order_relaxed);
      },
      [] {
        until(a, 1, memory_order_relaxed);
        a.fetch_sub(1, memory_order_relaxed);
        x = 2;
      });
}
NORACE(exchange_hands_over) {
  threads(
      [] {
        x = 1;
        a.exchange(1, memory_order_release);
      },
      [] {
        while (a.exchange(0, memory_order_acquire) != 1) {
          std::this_thread::yield();
        }
        x = 2;
      });
}
RACE(exchange_relaxed) {
  threads(
      [] {
        x = 1;
        a.exchange(1, memory_order_relaxed);
      },
      [] {
        while (a.exchange(0, memory_order_acquire) != 1) {
          std::this_thread::yield();
        }
        x = 2;
      });
}
NORACE(spin_lock_by_compare_exchange) {
  const auto locked = [] {
    int free = 0;
    while (!a.compare_exchange_weak(free, 1, memory_order_acquire,
                                    memory_order_relaxed)) {
      free = 0;
      std::this_thread::yield();
    }
    ++x;
    a.store(0, memory_order_release);
  };
  threads(locked, locked, locked);
}
RACE(spin_lock_with_a_relaxed_unlock) {
  const auto locked = [] {
    int free = 0;
    while (!a.compare_exchange_weak(free, 1, memory_order_acquire,
                                    memory_order_relaxed)) {
      free = 0;
      std::this_thread::yield();
    }
    ++x;
    a.store(0, memory_order_relaxed);
  };
  threads(locked, locked);
}
RACE(spin_lock_with_a_relaxed_lock) {
  const auto locked = [] {
    int free = 0;
    while (!a.compare_exchange_weak(free, 1, memory_order_relaxed)) {
      free = 0;
      std::this_thread::yield();
    }
    ++x;
    a.store(0, memory_order_release);
  };
  threads(locked, locked);
}
NORACE(failed_compare_exchange_has_its_failure_order) {
  threads(
      [] {
        x = 1;
        a.store(1, memory_order_release);
        first.step();
      },
      [] {
        first.wait();
        int expected = 7;
        a.compare_exchange_strong(expected, 8, memory_order_acquire,
                                  memory_order_acquire);
        x = 2;
      });
}
RACE(failed_compare_exchange_does_not_have_its_success_order) {
  threads(
      [] {
        x = 1;
        a.store(1, memory_order_release);
        first.step();
      },
      [] {
        first.wait();
        int expected = 7;
        a.compare_exchange_strong(expected, 8, memory_order_acq_rel,
                                  memory_order_relaxed);
        x = 2;
      });
}
NORACE(failed_compare_exchange_of_one_order_acquires) {
  threads(
      [] {
        x = 1;
        a.store(1, memory_order_release);
        first.step();
      },
      [] {
        first.wait();
        int expected = 7;
        a.compare_exchange_strong(expected, 8);
        x = 2;
      });
}
RACE(failed_compare_exchange_releases_nothing) {
  threads(
      [] {
        x = 1;
        int expected = 7;
        a.compare_exchange_strong(expected, 8);
        first.step();
      },
      [] {
        first.wait();
        a.load();
        x = 2;
      });
}
NORACE(compare_exchange_publishes_a_list_node) {
  struct Node {
    int value;
    Node* next;
  };
  static std::atomic<Node*> head{nullptr};
  const auto push = [] {
    Node* node = new Node{1, head.load(memory_order_relaxed)};
    while (!head.compare_exchange_weak(node->next, node, memory_order_release,
                                       memory_order_relaxed)) {
    }
  };
  threads(push, push, [] {
    while (head.load(memory_order_relaxed) == nullptr) {
      std::this_thread::yield();
    }
    for (Node* n = head.load(memory_order_acquire); n; n = n->next) {
      keep(n->value);
    }
  });
}
RACE(list_node_published_relaxed) {
  struct Node {
    int value;
  };
  static std::atomic<Node*> head{nullptr};
  threads([] { head.store(new Node{1}, memory_order_relaxed); },
          [] {
            Node* node = nullptr;
            while (!(node = head.load(memory_order_acquire))) {
              std::this_thread::yield();
            }
            keep(node->value + 1);
          });
}
