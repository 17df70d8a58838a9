// The sole thread takes locks without an atomic operation until it has company.
#include "detector/src/race/sole_thread.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "detector/src/race/spin_lock.h"

namespace chansan::race {
namespace {

// Loses counts unless the lock excludes.
class Counter {
 public:
  void add_one() {
    const std::scoped_lock guard(lock_);
    count_.store(count_.load(std::memory_order_relaxed) + 1,
                 std::memory_order_relaxed);
  }
  int count() const { return count_.load(std::memory_order_relaxed); }

 private:
  SpinLock lock_;
  std::atomic<int> count_{0};
};

TEST(SoleThread, LocksExcludeBeforeAndAfterOthersCome) {
  constexpr int kTurns = 200000;
  constexpr int kOthers = 3;
  SoleThread::begin();
  Counter locked;
  std::atomic<int> updated{0};
  const auto work = [&] {
    for (int i = 0; i < kTurns; ++i) {
      locked.add_one();
      update(updated, [](int count) { return count + 1; });
    }
  };
  work();
  std::vector<std::thread> others;
  for (int i = 0; i < kOthers; ++i) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();
  EXPECT_EQ(locked.count(), kTurns * (kOthers + 2));
  EXPECT_EQ(updated.load(), kTurns * (kOthers + 2));
}

TEST(SoleThread, OtherWaitsForTheSectionUnderWay) {
  SoleThread::begin();
  if (SoleThread::sole.load() == nullptr) GTEST_SKIP() << "no membarrier here";
  SpinLock lock;
  std::atomic<bool> is_done{false};
  bool was_done = true;
  std::thread other;
  {
    const std::scoped_lock guard(lock);
    other = std::thread([&] {
      const std::scoped_lock others_guard(lock);
      is_done.store(true);
    });
    // It has begun to end our solitude, and so is at the lock.
    while (SoleSection::is_alone()) std::this_thread::yield();
    was_done = is_done.load();
  }
  other.join();
  EXPECT_FALSE(was_done);
  EXPECT_TRUE(is_done.load());
}

TEST(SoleThread, ForkedChildOfAnotherThreadDoesNotWaitForIt) {
  SoleThread::begin();
  const SoleSection section;
  int status = -1;
  std::thread([&status] {
    const pid_t child = fork();
    if (child == 0) {
      SoleThread::begin_anew();
      SpinLock lock;
      const std::scoped_lock guard(lock);
      _exit(0);
    }
    waitpid(child, &status, 0);
  }).join();
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace chansan::race
