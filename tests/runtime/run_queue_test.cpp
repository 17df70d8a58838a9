#include "runtime/src/run_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace csp::internal {
namespace {

Goroutine* fake(std::size_t number) {
  return reinterpret_cast<Goroutine*>((number + 1) * 64);
}

TEST(RunQueueTest, FirstInFirstOut) {
  RunQueue queue;
  EXPECT_EQ(queue.pop(), nullptr);
  for (std::size_t i = 0; i < RunQueue::kSlots; ++i) {
    EXPECT_TRUE(queue.push(fake(i)));
  }
  EXPECT_FALSE(queue.push(fake(0)));
  for (std::size_t i = 0; i < RunQueue::kSlots; ++i) {
    EXPECT_EQ(queue.pop(), fake(i));
  }
  EXPECT_TRUE(queue.empty());
}

TEST(RunQueueTest, AThiefTakesTheOlderHalf) {
  RunQueue queue;
  for (std::size_t i = 0; i < 10; ++i) queue.push(fake(i));
  std::array<Goroutine*, 128> stolen;
  ASSERT_EQ(queue.steal(stolen.data(), 128), 5u);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(stolen[i], fake(i));
  EXPECT_EQ(queue.steal(stolen.data(), 1), 1u);
  EXPECT_EQ(queue.pop(), fake(6));
}

TEST(RunQueueTest, EachIsTakenOnceUnderContention) {
  constexpr std::size_t kMany = 200'000;
  RunQueue queue;
  std::vector<std::atomic<int>> taken(kMany);
  std::atomic<bool> done{false};
  const auto count = [&](Goroutine* one) {
    ++taken[reinterpret_cast<std::uintptr_t>(one) / 64 - 1];
  };
  std::vector<std::thread> thieves;
  for (int t = 0; t < 3; ++t) {
    thieves.emplace_back([&] {
      std::array<Goroutine*, 128> stolen;
      while (!done || !queue.empty()) {
        const auto n = queue.steal(stolen.data(), 128);
        for (std::uint32_t i = 0; i < n; ++i) count(stolen[i]);
      }
    });
  }
  for (std::size_t i = 0; i < kMany;) {
    if (queue.push(fake(i))) {
      ++i;
    } else if (Goroutine* own = queue.pop()) {
      count(own);
    }
  }
  done = true;
  for (auto& thief : thieves) thief.join();
  for (std::size_t i = 0; i < kMany; ++i) ASSERT_EQ(taken[i], 1) << i;
}

}  // namespace
}  // namespace csp::internal
