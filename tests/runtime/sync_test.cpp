#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "tests/runtime/runtime_test.h"

namespace csp_test {
namespace {

class SyncTest : public RuntimeTest {};

TEST_F(SyncTest, MutexExcludes) {
  mutex m;
  long count = 0;
  wait_group all;
  for (int g = 0; g < 16; ++g) {
    all.go([&] {
      for (int i = 0; i < 1000; ++i) {
        std::lock_guard hold(m);
        const long seen = count;
        if (i % 100 == 0) yield();
        count = seen + 1;
      }
    });
  }
  all.wait();
  EXPECT_EQ(count, 16'000);
}

TEST_F(SyncTest, TryLockFailsWhileLocked) {
  mutex m;
  EXPECT_TRUE(m.try_lock());
  EXPECT_FALSE(m.try_lock());
  m.unlock();
  EXPECT_TRUE(m.try_lock());
  m.unlock();
}

TEST_F(SyncTest, AnotherGoroutineMayUnlock) {
  mutex m;
  m.lock();
  go([&] { m.unlock(); });
  m.lock();
  m.unlock();
}

TEST_F(SyncTest, MutexMayBeDestroyedAfterItsLastUnlock) {
  for (int i = 0; i < 500; ++i) {
    auto m = std::make_unique<mutex>();
    m->lock();
    auto ended = make_chan<unit>(1);
    go([raw = m.get(), ended] {
      raw->lock();
      raw->unlock();  // may find main on its way to sleep in lock()
      ended << unit{};
    });
    m->unlock();
    m->lock();
    m->unlock();
    ended.recv();
  }
}

TEST_F(SyncTest, ReadersShareWritersExclude) {
  shared_mutex m;
  std::atomic<int> readers{0};
  std::atomic<int> most{0};
  int value = 0;
  wait_group all;
  for (int g = 0; g < 8; ++g) {
    all.go([&] {
      for (int i = 0; i < 200; ++i) {
        if (i % 10 == 0) {
          std::unique_lock hold(m);
          EXPECT_EQ(readers, 0);
          ++value;
        } else {
          std::shared_lock hold(m);
          most = std::max(most.load(), ++readers);
          yield();
          --readers;
        }
      }
    });
  }
  all.wait();
  EXPECT_EQ(value, 8 * 20);
  EXPECT_GT(most, 1);
}

TEST_F(SyncTest, WaitingWriterBlocksNewReaders) {
  shared_mutex m;
  m.lock_shared();
  std::atomic<bool> wrote{false};
  go([&] {
    m.lock();
    wrote = true;
    m.unlock();
  });
  run_until([&] { return !m.try_lock_shared() || (m.unlock_shared(), false); });
  EXPECT_FALSE(wrote);
  m.unlock_shared();
  m.lock_shared();
  EXPECT_TRUE(wrote);
  m.unlock_shared();
}

TEST_F(SyncTest, ConditionWakesOneOrAll) {
  mutex m;
  condition_variable cv;
  int tickets = 0;
  int served = 0;
  wait_group all;
  for (int g = 0; g < 10; ++g) {
    all.go([&] {
      std::unique_lock hold(m);
      cv.wait(hold, [&] { return tickets > 0; });
      --tickets;
      ++served;
    });
  }
  for (int i = 0; i < 4; ++i) {
    {
      std::lock_guard hold(m);
      ++tickets;
    }
    cv.notify_one();
  }
  run_until([&] {
    std::lock_guard hold(m);
    return served == 4;
  });
  {
    std::lock_guard hold(m);
    tickets = 6;
  }
  cv.notify_all();
  all.wait();
  EXPECT_EQ(served, 10);
}

TEST_F(SyncTest, ConditionWorksWithSharedLocks) {
  shared_mutex m;
  condition_variable cv;
  bool ready = false;
  wait_group all;
  all.go([&] {
    std::shared_lock hold(m);
    cv.wait(hold, [&] { return ready; });
  });
  {
    std::unique_lock hold(m);
    ready = true;
  }
  cv.notify_all();
  all.wait();
}

TEST_F(SyncTest, WaitGroupWaitsForAllAndCanBeReused) {
  wait_group group;
  std::atomic<int> done{0};
  for (int round = 1; round <= 3; ++round) {
    for (int i = 0; i < 10; ++i) group.go([&] { ++done; });
    group.wait();
    EXPECT_EQ(done, round * 10);
  }
  group.wait();
}

TEST_F(SyncTest, WaitGroupMayBeDestroyedAfterWait) {
  for (int i = 0; i < 2000; ++i) {
    auto group = std::make_unique<wait_group>();
    group->add();
    go([raw = group.get()] { raw->done(); });
    group->wait();
  }
}

TEST_F(SyncTest, NegativeCounterThrowsAndChangesNothing) {
  wait_group group;
  try {
    group.done();
    FAIL();
  } catch (const sync_error& error) {
    EXPECT_STREQ(error.what(), "sync: negative WaitGroup counter");
  }
  group.add(2);
  EXPECT_THROW(group.add(-3), sync_error);
  group.add(-2);
  group.wait();
}

TEST_F(SyncTest, OnceRunsOnceAndAllWait) {
  once one;
  std::atomic<int> runs{0};
  std::atomic<int> returned{0};
  auto proceed = make_chan<unit>();
  for (int g = 0; g < 8; ++g) {
    go([&] {
      one.call([&] {
        ++runs;
        proceed.recv();
      });
      ++returned;
    });
  }
  run_until([&] { return runs == 1; });
  EXPECT_EQ(returned, 0);
  proceed.close();
  run_until([&] { return returned == 8; });
  EXPECT_EQ(runs, 1);
}

TEST_F(SyncTest, OnceThatThrowsCountsAsRun) {
  once one;
  EXPECT_THROW(one.call([] { throw 1; }), int);
  one.call([] { FAIL(); });
}

TEST_F(SyncTest, SemaphoreIsFirstComeFirstServed) {
  semaphore s(2);
  EXPECT_TRUE(s.try_acquire(2));
  EXPECT_FALSE(s.try_acquire());
  auto order = make_chan<int>(2);
  go([&] {
    s.acquire(2);
    order << 1;
    s.release(2);
  });
  run_until_waiting(1, "semacquire");
  go([&] {
    s.acquire(1);
    order << 2;
    s.release(1);
  });
  run_until_waiting(2, "semacquire");
  s.release(1);  // enough for the second, but the first waits before it
  EXPECT_EQ(waiting("semacquire"), 2);
  s.release(1);
  EXPECT_EQ(order.recv(), 1);
  EXPECT_EQ(order.recv(), 2);
  s.release(5);
  EXPECT_TRUE(s.try_acquire(7));
}

}  // namespace
}  // namespace csp_test
