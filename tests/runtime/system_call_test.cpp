// Goroutines in system calls that the program makes itself, of which the
// runtime is not told: they hold nobody up.
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <sstream>
#include <string>

#include "tests/runtime/runtime_test.h"

namespace csp_test {
namespace {

/// A descriptor whose raw read() returns once for each of `release`s.
class Gate {
 public:
  Gate() : fd_(eventfd(0, EFD_SEMAPHORE)) {}
  ~Gate() { close(fd_); }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  void wait() const {
    std::uint64_t one = 0;
    EXPECT_EQ(::read(fd_, &one, sizeof(one)), 8);
  }
  void release(std::uint64_t count = 1) const {
    EXPECT_EQ(::write(fd_, &count, sizeof(count)), 8);
  }

 private:
  const int fd_;
};

/// Sleeps in the kernel for longer than the monitor looks on.
void sleep_in_kernel(std::int64_t milliseconds) {
  const timespec time{0, milliseconds * 1'000'000};
  nanosleep(&time, nullptr);
}

class SystemCallTest : public RuntimeTest {};

TEST_F(SystemCallTest, MainInARawReadLetsOthersRun) {
  const Gate gate;
  int steps = 0;
  go([&] {
    for (; steps < 100; ++steps) yield();
    gate.release();
  });
  gate.wait();
  EXPECT_EQ(steps, 100);
}

TEST_F(SystemCallTest, AsManyAsThereAreProcessorsHoldNobodyUp) {
  const Gate gate;
  const int count = 2 * gomaxprocs();
  wait_group all;
  for (int i = 0; i < count; ++i) all.go([&] { gate.wait(); });
  auto numbers = make_chan<int>();
  go([&] {
    for (int n : numbers) {
      if (n == 99) gate.release(static_cast<std::uint64_t>(count));
    }
  });
  for (int i = 0; i < 100; ++i) numbers << i;
  all.wait();
  numbers.close();
}

TEST_F(SystemCallTest, TimersFireWhileMainIsInARawRead) {
  const Gate gate;
  const timer soon = after_func(1ms, [&] { gate.release(); });
  gate.wait();
}

TEST_F(SystemCallTest, SleepersAndDescriptorsWakeDuringARawRead) {
  const Gate gate;
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  go([&] {
    char byte = 0;
    EXPECT_EQ(io::read(fds[0], &byte, 1), 1);
    gate.release();
  });
  go([&] {
    sleep_for(1ms);
    EXPECT_EQ(io::write(fds[1], "x", 1), 1);
  });
  gate.wait();
  close(fds[0]);
  close(fds[1]);
}

// Each finds, back from the kernel, that its processor is gone, in another
// operation of the library.
TEST_F(SystemCallTest, ComingBackWorksInEveryOperation) {
  auto full = make_chan<int>(1);
  auto empty = make_chan<int>();
  mutex held;
  condition_variable changed;
  semaphore none(0);
  wait_group all;
  const auto back_into = [&](auto operation) {
    all.go([operation] {
      sleep_in_kernel(30);
      operation();
    });
  };
  wait_group child;
  child.add(1);
  held.lock();
  full << 1;
  back_into([] { yield(); });
  back_into([&] { full << 2; });
  back_into([&] { EXPECT_EQ(empty.recv(), 3); });
  back_into([&] { std::lock_guard guard(held); });
  back_into([&] { none.acquire(); });
  back_into([] { sleep_for(1us); });
  back_into([] { blocking([] { sleep_in_kernel(1); }); });
  back_into([&] { blocking([&] { child.wait(); }); });
  back_into([&] { go([&] { child.done(); }); });
  back_into([] { goexit(); });
  back_into([] {
    std::ostringstream out;
    dump_goroutines(out);
    EXPECT_NE(out.str().find("goroutine 1 ["), std::string::npos);
  });
  back_into([] {});
  bool set = false;
  mutex lock;
  back_into([&] {
    std::unique_lock guard(lock);
    changed.wait(guard, [&] { return set; });
  });
  back_into([&] {
    const std::lock_guard guard(lock);
    set = true;
    changed.notify_all();
  });
  // A goroutine runs and comes to wait here as well, on every processor.
  for (int i = 0; i < 100; ++i) yield();
  held.unlock();
  none.release();
  empty << 3;
  EXPECT_EQ(full.recv(), 1);
  EXPECT_EQ(full.recv(), 2);
  all.wait();
}

TEST_F(SystemCallTest, ManyReturnAtOnceAndLoseNothing) {
  constexpr int kGoroutines = 30;
  const Gate gate;
  auto numbers = make_chan<int>(3);
  mutex lock;
  int inside = 0;
  std::atomic<int> begun{0};
  wait_group all;
  for (int g = 0; g < kGoroutines; ++g) {
    all.go([&, g] {
      ++begun;
      gate.wait();
      numbers << g;
      const std::lock_guard guard(lock);
      ++inside;
    });
  }
  go([&] {
    run_until([&] { return begun == kGoroutines; });
    gate.release(kGoroutines);
  });
  int sum = 0;
  for (int i = 0; i < kGoroutines; ++i) sum += *numbers.recv();
  all.wait();
  EXPECT_EQ(sum, kGoroutines * (kGoroutines - 1) / 2);
  EXPECT_EQ(inside, kGoroutines);
}

// Sleeps of about the time after which the monitor acts.
TEST_F(SystemCallTest, ReturningWhileTheMonitorActsIsRight) {
  auto numbers = make_chan<int>();
  wait_group all;
  for (int g = 0; g < 8; ++g) {
    all.go([&, g] {
      for (int i = 0; i < 12; ++i) {
        sleep_in_kernel(5 + (g * 7 + i * 3) % 12);
        numbers << i;
        yield();
      }
    });
  }
  go([&] {
    all.wait();
    numbers.close();
  });
  int sum = 0;
  for (int n : numbers) sum += n;
  EXPECT_EQ(sum, 8 * 66);
}

#if !defined(CSP_TEST_NO_DEATHS)

class SystemCallDeathTest : public RuntimeTest {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(SystemCallDeathTest, AfterItsReturnTheProgramCanBeStuck) {
  EXPECT_EXIT(
      {
        auto nobody = make_chan<int>();
        go([=] {
          sleep_in_kernel(30);
          nobody.recv();
        });
        nobody.recv();
      },
      ::testing::ExitedWithCode(2),
      "fatal error: all goroutines are asleep - deadlock!");
}

TEST_F(SystemCallDeathTest, MainReturnsFromOneAndEndsTheProgramInOrder) {
  EXPECT_EXIT(
      {
        std::atexit([] { std::fputs("the end\n", stderr); });
        const Gate gate;
        auto never = make_chan<int>();
        go([&gate, never] {
          gate.release();
          never.recv();
        });
        gate.wait();
        std::exit(3);
      },
      ::testing::ExitedWithCode(3), "the end");
}

TEST_F(SystemCallDeathTest, AForkAfterOneGoesOn) {
  EXPECT_EXIT(
      {
        const Gate gate;
        go([&] { gate.release(); });
        gate.wait();
        if (fork() == 0) {
          auto numbers = make_chan<int>();
          go([=] { numbers << 4; });
          std::exit(*numbers.recv());
        }
        int status = 0;
        wait(&status);
        std::exit(WEXITSTATUS(status) + 1);
      },
      ::testing::ExitedWithCode(5), "");
}

#endif

}  // namespace
}  // namespace csp_test
