// The model checker itself: it finds what the memory model allows, and nothing
// else. The shapes are the classic litmus tests.
#include "tests/models/explorer.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <utility>

namespace model {
namespace {

using Pair = std::pair<int, int>;

/// What two threads can see: `left` and `right` return it.
template <class Shared, class Left, class Right>
std::set<Pair> outcomes(Left left, Right right) {
  std::set<Pair> seen;
  const Verdict verdict = explore(
      [&] {
        auto shared = std::make_shared<Shared>();
        auto result = std::make_shared<Pair>();
        return Program{{[=] { result->first = left(*shared); },
                        [=] { result->second = right(*shared); }},
                       [=, &seen] { seen.insert(*result); }};
      },
      {});
  EXPECT_EQ(verdict.violation, "");
  EXPECT_EQ(verdict.cut_off, 0);
  return seen;
}

struct Two {
  Atomic<int> x{0};
  Atomic<int> y{0};
};

TEST(ExplorerTest, StoreBufferingIsSeenUnlessSequentiallyConsistent) {
  const auto run = [](std::memory_order store, std::memory_order load) {
    return outcomes<Two>(
        [=](Two& s) {
          s.x.store(1, store);
          return s.y.load(load);
        },
        [=](Two& s) {
          s.y.store(1, store);
          return s.x.load(load);
        });
  };
  EXPECT_EQ(run(std::memory_order_release, std::memory_order_acquire),
            (std::set<Pair>{{0, 0}, {0, 1}, {1, 0}, {1, 1}}));
  EXPECT_EQ(run(std::memory_order_seq_cst, std::memory_order_seq_cst),
            (std::set<Pair>{{0, 1}, {1, 0}, {1, 1}}));
}

TEST(ExplorerTest, AHeavyBarrierOnOneSideForbidsStoreBuffering) {
  const auto seen = outcomes<Two>(
      [](Two& s) {
        s.x.store(1, std::memory_order_relaxed);
        heavy_barrier();
        return s.y.load(std::memory_order_relaxed);
      },
      [](Two& s) {
        s.y.store(1, std::memory_order_relaxed);
        return s.x.load(std::memory_order_relaxed);
      });
  EXPECT_EQ(seen, (std::set<Pair>{{0, 1}, {1, 0}, {1, 1}}));
}

TEST(ExplorerTest, MessagePassingNeedsReleaseAndAcquire) {
  const auto run = [](std::memory_order store, std::memory_order load) {
    return outcomes<Two>(
        [=](Two& s) {
          s.x.store(1, std::memory_order_relaxed);
          s.y.store(1, store);
          return 0;
        },
        [=](Two& s) {
          if (s.y.load(load) == 0) return -1;
          return s.x.load(std::memory_order_relaxed);
        });
  };
  EXPECT_EQ(run(std::memory_order_release, std::memory_order_acquire),
            (std::set<Pair>{{0, -1}, {0, 1}}));
  EXPECT_TRUE(run(std::memory_order_relaxed, std::memory_order_acquire)
                  .contains({0, 0}));
  EXPECT_TRUE(run(std::memory_order_release, std::memory_order_relaxed)
                  .contains({0, 0}));
}

TEST(ExplorerTest, ReadsOfOneLocationNeverGoBack) {
  const auto seen = outcomes<Two>(
      [](Two& s) {
        s.x.store(1, std::memory_order_relaxed);
        s.x.store(2, std::memory_order_relaxed);
        return 0;
      },
      [](Two& s) {
        const int first = s.x.load(std::memory_order_relaxed);
        return 10 * first + s.x.load(std::memory_order_relaxed);
      });
  EXPECT_EQ(seen, (std::set<Pair>{
                      {0, 0}, {0, 1}, {0, 2}, {0, 11}, {0, 12}, {0, 22}}));
}

TEST(ExplorerTest, ExchangesLoseNothing) {
  const auto seen = outcomes<Two>([](Two& s) { return s.x.exchange(1); },
                                  [](Two& s) { return s.x.exchange(2); });
  EXPECT_EQ(seen, (std::set<Pair>{{0, 1}, {2, 0}}));
}

TEST(ExplorerTest, DataRacesAreFound) {
  struct Shared {
    Plain data;
    Atomic<int> ready{0};
  };
  const auto race = [](std::memory_order order) {
    return explore(
               [=] {
                 auto s = std::make_shared<Shared>();
                 return Program{{[=] {
                                   s->data.write();
                                   s->ready.store(1, order);
                                 },
                                 [=] {
                                   if (s->ready.load(std::memory_order_acquire))
                                     s->data.read();
                                 }},
                                {}};
               },
               {})
        .violation;
  };
  EXPECT_EQ(race(std::memory_order_release), "");
  EXPECT_EQ(race(std::memory_order_relaxed),
            "data race: not ordered after the write");
}

}  // namespace
}  // namespace model
