#include <unistd.h>

#include <algorithm>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/runtime/runtime_test.h"

namespace csp_test {
namespace {

class GoroutineTest : public RuntimeTest {};

TEST_F(GoroutineTest, MainIsGoroutineOne) { EXPECT_EQ(goroutine_id(), 1u); }

TEST_F(GoroutineTest, ArgumentsAreDecayCopied) {
  auto out = make_chan<std::string>(2);
  {
    std::string text = "abc";
    go([](std::string a, const chan<std::string>& c) { c << a; }, text, out);
    std::string other = "def";
    go([](std::string& a, send_chan<std::string> c) { c << a + "!"; },
       std::ref(other), out);
    // `other` must live until it was read.
    out.recv();
    out.recv();
  }
}

TEST_F(GoroutineTest, MoveOnlyFunctionsAndLargeOnes) {
  auto out = make_chan<int>();
  go([p = std::make_unique<int>(3), out] { out << *p; });
  EXPECT_EQ(out.recv(), 3);
  std::array<char, 100'000> large{};
  large.back() = 4;
  go([large, out] { out << large.back(); });
  EXPECT_EQ(out.recv(), 4);
}

TEST_F(GoroutineTest, MemberFunctions) {
  struct Object {
    chan<int> out = make_chan<int>();
    void run(int v) { out << v; }
  } object;
  go(&Object::run, &object, 6);
  EXPECT_EQ(object.out.recv(), 6);
}

TEST_F(GoroutineTest, IdsAreUnique) {
  auto ids = make_chan<std::uint64_t>(100);
  for (int i = 0; i < 100; ++i) go([=] { ids << goroutine_id(); });
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 100; ++i) seen.insert(*ids.recv());
  EXPECT_EQ(seen.size(), 100u);
  EXPECT_FALSE(seen.contains(1));
}

TEST_F(GoroutineTest, HundredThousandBlockedOnOneChannel) {
  constexpr int kMany = 100'000;
  auto gate = make_chan<unit>();
  std::atomic<int> through{0};
  wait_group all;
  for (int i = 0; i < kMany; ++i) {
    all.go([&] {
      gate.recv();
      ++through;
    });
  }
  EXPECT_EQ(num_goroutine(), kMany + 1u);
  gate.close();
  all.wait();
  EXPECT_EQ(through, kMany);
}

TEST_F(GoroutineTest, WhoStartsManyLetsThemRunInBetween) {
  // Another processor may have taken thousands and get no CPU for long.
  gomaxprocs(1);
  constexpr int kMany = 50'000;
  std::atomic<int> ran{0};
  std::size_t alive_max = 0;
  wait_group all;
  for (int i = 0; i < kMany; ++i) {
    all.go([&] { ++ran; });
    alive_max = std::max(alive_max, num_goroutine());
  }
  all.wait();
  EXPECT_EQ(ran, kMany);
  EXPECT_LT(alive_max, 25'000u);
}

TEST_F(GoroutineTest, WhoStartsManyMayHoldWhatTheyWaitFor) {
  constexpr int kMany = 10'000;
  mutex held;
  int ran = 0;
  wait_group all;
  {
    const std::lock_guard lock(held);
    for (int i = 0; i < kMany; ++i) {
      all.go([&] {
        const std::lock_guard mine(held);
        ++ran;
      });
    }
    EXPECT_EQ(ran, 0);
  }
  all.wait();
  EXPECT_EQ(ran, kMany);
}

TEST_F(GoroutineTest, ExceptionsAreCaughtAcrossBlockingCalls) {
  // Each parks inside its catch block, while others throw on the same OS
  // thread: what is in flight belongs to the goroutine.
  wait_group all;
  std::atomic<int> right{0};
  for (int g = 0; g < 50; ++g) {
    all.go([&, g] {
      try {
        throw g;
      } catch (int caught) {
        yield();
        try {
          throw std::to_string(g);
        } catch (const std::string& inner) {
          sleep_for(100us);
          if (inner == std::to_string(g)) ++right;
        }
        sleep_for(100us);
        try {
          throw;
        } catch (int again) {
          if (again == caught && again == g) ++right;
        }
      }
      if (std::uncaught_exceptions() == 0 && !std::current_exception()) ++right;
    });
  }
  all.wait();
  EXPECT_EQ(right, 150);
}

TEST_F(GoroutineTest, GoexitRunsDestructorsAndPassesCatchAll) {
  auto steps = make_chan<std::string>(10);
  struct Say {
    const chan<std::string>& to;
    const char* what;
    ~Say() { to << what; }
  };
  wait_group all;
  all.go([&] {
    Say outer{steps, "outer"};
    try {
      Say inner{steps, "inner"};
      goexit();
    } catch (...) {
      // It goes on from the end of this block.
    }
    steps << "not reached";
  });
  all.wait();
  steps.close();
  std::vector<std::string> seen;
  for (auto s : steps) seen.push_back(s);
  EXPECT_EQ(seen, (std::vector<std::string>{"inner", "outer"}));
}

TEST_F(GoroutineTest, DumpHasNamesReasonsAndSites) {
  auto c = make_chan<int>();
  go([&] {
    set_goroutine_name("the reader");
    c.recv();
  });
  run_until_waiting(1, "chan receive");
  std::ostringstream out;
  dump_goroutines(out);
  const std::string text = out.str();
  EXPECT_NE(text.find("goroutine 1 [running]:\n"), std::string::npos) << text;
  EXPECT_NE(text.find(" [chan receive]:\nthe reader\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("goroutine_test.cpp:"), std::string::npos) << text;
  EXPECT_NE(text.find(" in goroutine 1\n"), std::string::npos) << text;
  c.close();
}

TEST_F(GoroutineTest, BlockingHandsTheProcessorOn) {
  gomaxprocs(1);
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  std::atomic<bool> read{false};
  go([&] {
    char byte = 0;
    EXPECT_EQ(blocking([&] { return ::read(fds[0], &byte, 1); }), 1);
    read = true;
  });
  std::atomic<int> others{0};
  wait_group all;
  for (int i = 0; i < 10; ++i) {
    all.go([&] {
      yield();
      ++others;
    });
  }
  all.wait();
  EXPECT_EQ(others, 10);
  EXPECT_FALSE(read);
  EXPECT_EQ(write(fds[1], "x", 1), 1);
  run_until([&] { return read.load(); });
  close(fds[0]);
  close(fds[1]);
}

TEST_F(GoroutineTest, BlockingPassesResultsAndExceptions) {
  int value = 3;
  int& same = blocking([&]() -> int& { return value; });
  EXPECT_EQ(&same, &value);
  EXPECT_THROW(blocking([]() -> int { throw std::runtime_error("x"); }),
               std::runtime_error);
}

TEST_F(GoroutineTest, InsideOfBlockingEverythingWorks) {
  wait_group all;
  std::atomic<int> sum{0};
  for (int g = 0; g < 20; ++g) {
    auto c = make_chan<int>();
    all.go([&sum, c, g] {
      sum += blocking([&] {
        yield();
        sleep_for(100us);
        c << g;
        return blocking([&] { return *c.recv(); });
      });
    });
    all.go([c] { c << *c.recv(); });
  }
  all.wait();
  EXPECT_EQ(sum, 190);
  // One that ends in there ends.
  all.go([] { blocking([] { goexit(); }); });
  all.wait();
}

TEST_F(GoroutineTest, GomaxprocsReturnsTheValueBefore) {
  const int before = gomaxprocs();
  EXPECT_EQ(gomaxprocs(3), before);
  EXPECT_EQ(gomaxprocs(1), 3);
  wait_group all;
  std::atomic<int> ran{0};
  for (int i = 0; i < 100; ++i) all.go([&] { ++ran; });
  all.wait();
  EXPECT_EQ(gomaxprocs(8), 1);
  for (int i = 0; i < 100; ++i) all.go([&] { ++ran; });
  all.wait();
  EXPECT_EQ(gomaxprocs(), 8);
  EXPECT_EQ(ran, 200);
  EXPECT_GE(num_cpu(), 1);
}

// A machine that the dump has stopped may still be on its way back.
TEST_F(GoroutineTest, GomaxprocsMayChangeRightAfterADump) {
  const int before = gomaxprocs();
  std::atomic<bool> stop{false};
  wait_group all;
  for (int g = 0; g < 4; ++g) {
    all.go([&] { run_until([&] { return stop.load(); }); });
  }
  for (int i = 0; i < 100; ++i) {
    std::ostringstream out;
    dump_goroutines(out);
    gomaxprocs(1 + i % 4);
    yield();
  }
  stop = true;
  all.wait();
  gomaxprocs(before);
}

TEST_F(GoroutineTest, YieldAlternatesOnOneProcessor) {
  gomaxprocs(1);
  std::string order;
  wait_group all;
  for (const char c : {'a', 'b'}) {
    all.go([&, c] {
      for (int i = 0; i < 3; ++i) {
        order += c;
        yield();
      }
    });
  }
  all.wait();
  EXPECT_TRUE(order == "ababab" || order == "bababa") << order;
}

TEST_F(GoroutineTest, ForeignThreadsSendReceiveAndSpawn) {
  auto c = make_chan<int>();
  auto back = make_chan<int>();
  std::thread foreign([&] {
    for (int v : c) back << v * 2;
    go([&] { back << -1; });
  });
  for (int i = 0; i < 100; ++i) {
    c << i;
    EXPECT_EQ(back.recv(), i * 2);
  }
  c.close();
  EXPECT_EQ(back.recv(), -1);
  blocking([&] { foreign.join(); });
}

TEST_F(GoroutineTest, ForeignThreadsLockAndSleep) {
  mutex m;
  int count = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        std::lock_guard hold(m);
        ++count;
        if (i == 100) sleep_for(100us);
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    std::lock_guard hold(m);
    ++count;
    yield();
  }
  blocking([&] {
    for (auto& t : threads) t.join();
  });
  EXPECT_EQ(count, 1000);
}

}  // namespace
}  // namespace csp_test
