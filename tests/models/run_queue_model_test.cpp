// The scheduler's queue, runtime/src/run_queue.h as it is, explored: every
// item is taken once, in order by the owner, and whoever takes it sees what
// was written before it was pushed. Then with one of its orders weakened,
// where the same exploration must object.
#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "runtime/src/run_queue.h"
#include "tests/models/explorer.h"

namespace model {
namespace {

struct Item {
  Plain data;
  int taken = 0;
};

void take(Item* item) {
  item->data.read();
  require(++item->taken == 1, "an item was taken twice");
}

template <template <class> class A>
using Queue = csp::internal::BasicRunQueue<Item, 2, A>;

template <template <class> class A>
struct State {
  Queue<A> queue;
  std::array<Item, 4> items;
  std::size_t pushed = 0;

  bool push() {
    Item& item = items[pushed];
    item.data.write();
    if (!queue.push(&item)) return false;
    ++pushed;
    return true;
  }
  void pop() {
    if (Item* item = queue.pop()) take(item);
  }
  void steal(std::uint32_t max) {
    std::array<Item*, 2> out{};
    const auto count = queue.steal(out.data(), max);
    for (std::uint32_t i = 0; i < count; ++i) take(out[i]);
  }
  void nothing_is_lost() {
    while (Item* item = queue.pop()) take(item);
    for (std::size_t i = 0; i < pushed; ++i) {
      require(items[i].taken == 1, "an item was lost");
    }
  }
};

/// An owner that fills and empties, so that slots are used anew, and thieves.
template <template <class> class A>
Verdict explore_queue(int thieves, const Limits& limits) {
  return explore(
      [=] {
        auto s = std::make_shared<State<A>>();
        Program program{{[=] {
                          s->push();
                          s->push();
                          s->pop();
                          s->push();
                          s->pop();
                        }},
                        [=] { s->nothing_is_lost(); }};
        for (int t = 0; t < thieves; ++t) {
          program.threads.push_back([=] { s->steal(2); });
        }
        return program;
      },
      limits);
}

TEST(RunQueueModelTest, OneThiefUpToSixPreemptions) {
  const Verdict verdict = explore_queue<Atomic>(1, {.preemptions = 6});
  EXPECT_EQ(verdict.violation, "");
  EXPECT_EQ(verdict.cut_off, 0);
  EXPECT_GT(verdict.executions, 10'000);
}

TEST(RunQueueModelTest, TwoThievesUpToTwoPreemptions) {
  const Verdict verdict = explore_queue<Atomic>(2, {.preemptions = 2});
  EXPECT_EQ(verdict.violation, "");
  EXPECT_GT(verdict.executions, 10'000);
}

// Weakened variants: each is one mistake.

template <class T>
struct StoresAreRelaxed : Atomic<T> {
  using Atomic<T>::Atomic;
  void store(T value, std::memory_order) {
    Atomic<T>::store(value, std::memory_order_relaxed);
  }
};

TEST(RunQueueModelTest, APushThatDoesNotReleaseIsCaught) {
  EXPECT_NE(explore_queue<StoresAreRelaxed>(1, {.preemptions = 1}).violation,
            "");
}

template <class T>
struct LoadsAreRelaxed : Atomic<T> {
  using Atomic<T>::Atomic;
  T load(std::memory_order) const {
    return Atomic<T>::load(std::memory_order_relaxed);
  }
};

TEST(RunQueueModelTest, AThiefThatDoesNotAcquireIsCaught) {
  EXPECT_NE(explore_queue<LoadsAreRelaxed>(1, {.preemptions = 1}).violation,
            "");
}

template <class T>
struct CompareIsNoExchange : Atomic<T> {
  using Atomic<T>::Atomic;
  bool compare_exchange_weak(T& expected, T value, std::memory_order,
                             std::memory_order) {
    const T found = this->load(std::memory_order_acquire);
    if (found != expected) {
      expected = found;
      return false;
    }
    this->store(value, std::memory_order_release);
    return true;
  }
};

TEST(RunQueueModelTest, AClaimInTwoStepsIsCaught) {
  const auto verdict =
      explore_queue<CompareIsNoExchange>(1, {.preemptions = 1});
  EXPECT_NE(verdict.violation, "");
}

}  // namespace
}  // namespace model
