// What Go's own tests of sync try, told again as programs of this library.
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "tests/runtime/runtime_test.h"

namespace csp_test {
namespace {

class SyncScenariosTest : public RuntimeTest {};

TEST_F(SyncScenariosTest, AMutexHammeredByTenGoroutinesExcludes) {
  mutex m;
  int counter = 0;
  int inside = 0;
  wait_group all;
  for (int g = 0; g < 10; ++g) {
    all.go([&] {
      for (int i = 0; i < 1000; ++i) {
        if (i % 3 == 0) {
          if (m.try_lock()) {
            ++counter;
            m.unlock();
          }
          continue;
        }
        const std::lock_guard hold(m);
        EXPECT_EQ(++inside, 1);
        ++counter;
        if (i % 100 == 0) yield();
        --inside;
      }
    });
  }
  all.wait();
  EXPECT_GE(counter, 6000);
}

// Go's TestMutexFairness: one that holds it most of the time must not keep
// others out.
TEST_F(SyncScenariosTest, AMutexStarvesNobodyThoughOneHoldsItMostOfTheTime) {
  mutex m;
  std::atomic<bool> stop{false};
  wait_group hog;
  hog.go([&] {
    while (!stop) {
      m.lock();
      sleep_for(100us);
      m.unlock();
    }
  });
  for (int i = 0; i < 10; ++i) {
    sleep_for(100us);
    m.lock();
    m.unlock();
  }
  stop = true;
  hog.wait();
}

TEST_F(SyncScenariosTest, ReadersAndWritersHammerASharedMutex) {
  for (const int readers : {1, 3, 10}) {
    shared_mutex m;
    std::atomic<int> activity{0};  // readers count 1, writers 10,000
    wait_group all;
    const auto write = [&] {
      for (int i = 0; i < 200; ++i) {
        const std::lock_guard hold(m);
        EXPECT_EQ(activity.fetch_add(10'000), 0);
        for (int spin = 0; spin < 20; ++spin) yield();
        activity -= 10'000;
      }
    };
    all.go(write);
    for (int r = 0; r < readers / 2; ++r) {
      all.go([&] {
        for (int i = 0; i < 200; ++i) {
          const std::shared_lock hold(m);
          EXPECT_LT(activity.fetch_add(1), 10'000);
          yield();
          --activity;
        }
      });
    }
    all.go(write);
    all.wait();
  }
}

TEST_F(SyncScenariosTest, ParallelReadersHoldASharedMutexTogether) {
  shared_mutex m;
  auto locked = make_chan<unit>();
  auto unlock = make_chan<unit>();
  wait_group all;
  for (int r = 0; r < 4; ++r) {
    all.go([&] {
      m.lock_shared();
      locked << unit{};
      unlock.recv();
      m.unlock_shared();
    });
  }
  for (int r = 0; r < 4; ++r) locked.recv();
  EXPECT_FALSE(m.try_lock());
  EXPECT_TRUE(m.try_lock_shared());
  m.unlock_shared();
  unlock.close();
  all.wait();
  EXPECT_TRUE(m.try_lock());
  m.unlock();
}

TEST_F(SyncScenariosTest, SignalWakesOneAtATimeAndInTheOrderOfWaiting) {
  mutex m;
  condition_variable cond;
  auto awake = make_chan<int>(10);
  wait_group all;
  for (int i = 0; i < 10; ++i) {
    all.go([&, i] {
      std::unique_lock lock(m);
      cond.wait(lock);
      awake << i;
    });
    run_until_waiting(i + 1, "sync.Cond.Wait");
  }
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(awake.len(), 0u);
    {
      const std::lock_guard hold(m);
      cond.notify_one();
    }
    EXPECT_EQ(awake.recv(), i);
  }
  cond.notify_one();  // to nobody
  all.wait();
}

TEST_F(SyncScenariosTest, BroadcastWakesAllAndASignalDoesNot) {
  mutex m;
  condition_variable cond;
  int round = 0;
  int arrived = 0;
  wait_group all;
  for (int g = 0; g < 20; ++g) {
    all.go([&] {
      std::unique_lock lock(m);
      for (int mine = 0; mine < 5; ++mine) {
        ++arrived;
        cond.wait(lock, [&] { return round > mine; });
      }
    });
  }
  for (int r = 1; r <= 5; ++r) {
    for (;;) {
      {
        const std::lock_guard hold(m);
        if (arrived == 20 * r) break;
      }
      yield();
    }
    cond.notify_one();  // wakes one, which finds nothing and waits on
    const std::lock_guard hold(m);
    round = r;
    cond.notify_all();
  }
  all.wait();
}

// Go's TestCondSignalStealing: who waits already gets the signal, not who
// comes later.
TEST_F(SyncScenariosTest, ASignalIsNotStolenByALaterWaiter) {
  for (int iteration = 0; iteration < 200; ++iteration) {
    mutex m;
    condition_variable cond;
    wait_group first;
    first.go([&] {
      std::unique_lock lock(m);
      cond.wait(lock);
    });
    run_until_waiting(1, "sync.Cond.Wait");
    wait_group second;
    bool done = false;
    second.go([&] {
      std::unique_lock lock(m);
      while (!done) cond.wait(lock);
    });
    {
      const std::lock_guard hold(m);
      cond.notify_one();
    }
    first.wait();
    {
      const std::lock_guard hold(m);
      done = true;
      cond.notify_all();
    }
    second.wait();
  }
}

TEST_F(SyncScenariosTest, AWaitGroupIsReusedRoundAfterRound) {
  wait_group group;
  std::atomic<int> sum{0};
  for (int round = 0; round < 200; ++round) {
    group.add(16);
    for (int i = 0; i < 16; ++i) {
      go([&] {
        ++sum;
        group.done();
      });
    }
    group.wait();
    EXPECT_EQ(sum, 16 * (round + 1));
  }
}

TEST_F(SyncScenariosTest, SeveralWaitersOfAWaitGroupAllReturn) {
  wait_group group;
  wait_group waiters;
  group.add(3);
  std::atomic<int> returned{0};
  for (int w = 0; w < 8; ++w) {
    waiters.go([&] {
      group.wait();
      ++returned;
    });
  }
  run_until_waiting(8, "sync.WaitGroup.Wait");
  group.add(-2);
  EXPECT_EQ(returned, 0);
  group.done();
  waiters.wait();
  EXPECT_EQ(returned, 8);
}

TEST_F(SyncScenariosTest, AWaitGroupInAGoroutineThatExitsIsDone) {
  wait_group group;
  for (int i = 0; i < 100; ++i) group.go([] { goexit(); });
  group.wait();
}

TEST_F(SyncScenariosTest, OnceRunsOnceThoughTenCallAtATime) {
  for (int round = 0; round < 100; ++round) {
    once o;
    int ran = 0;
    wait_group all;
    for (int g = 0; g < 10; ++g) {
      all.go([&] {
        o.call([&] {
          yield();
          ++ran;
        });
        EXPECT_EQ(ran, 1);
      });
    }
    all.wait();
  }
}

TEST_F(SyncScenariosTest, OnceWhoseFunctionThrowsLetsOtherCallersReturn) {
  once o;
  std::atomic<int> returned{0};
  std::atomic<int> threw{0};
  wait_group all;
  for (int g = 0; g < 4; ++g) {
    all.go([&] {
      try {
        o.call([&] {
          for (int i = 0; i < 10; ++i) yield();
          throw std::runtime_error("failed");
        });
        ++returned;
      } catch (const std::runtime_error&) {
        ++threw;
      }
    });
  }
  all.wait();
  EXPECT_EQ(threw, 1);
  EXPECT_EQ(returned, 3);
}

TEST_F(SyncScenariosTest, OnceEndsAlsoWhenItsFunctionExitsTheGoroutine) {
  once o;
  wait_group one;
  one.go([&] { o.call([] { goexit(); }); });
  one.wait();
  bool ran = false;
  o.call([&] { ran = true; });
  EXPECT_FALSE(ran);
}

TEST_F(SyncScenariosTest, ASemaphoreNeverLetsMoreInThanItHas) {
  semaphore s(3);
  std::atomic<int> inside{0};
  wait_group all;
  for (int g = 0; g < 20; ++g) {
    all.go([&, g] {
      const std::int64_t n = 1 + g % 3;
      for (int i = 0; i < 100; ++i) {
        s.acquire(n);
        EXPECT_LE(inside += static_cast<int>(n), 3);
        yield();
        inside -= static_cast<int>(n);
        s.release(n);
      }
    });
  }
  all.wait();
  EXPECT_TRUE(s.try_acquire(3));
  EXPECT_FALSE(s.try_acquire());
}

TEST_F(SyncScenariosTest, ALargeAcquireIsNotStarvedBySmallOnes) {
  semaphore s(2);
  s.acquire(1);
  std::atomic<bool> large{false};
  wait_group all;
  all.go([&] {
    s.acquire(2);
    large = true;
    s.release(2);
  });
  run_until_waiting(1, "semacquire");
  EXPECT_FALSE(s.try_acquire(1));  // though one is there
  s.release(1);
  all.wait();
  EXPECT_TRUE(large);
}

TEST_F(SyncScenariosTest, LocksOfSeveralMutexesAtOnceFit) {
  mutex a;
  mutex b;
  wait_group all;
  int sum = 0;
  for (int g = 0; g < 4; ++g) {
    all.go([&, g] {
      for (int i = 0; i < 200; ++i) {
        if (g % 2) {
          const std::scoped_lock both(a, b);
          ++sum;
        } else {
          const std::scoped_lock both(b, a);
          ++sum;
        }
      }
    });
  }
  all.wait();
  EXPECT_EQ(sum, 800);
}

}  // namespace
}  // namespace csp_test
