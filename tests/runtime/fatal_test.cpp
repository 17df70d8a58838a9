// What ends the program: each statement runs in a process of its own.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "tests/runtime/runtime_test.h"

namespace csp_test {
namespace {

using ::testing::ExitedWithCode;

class FatalDeathTest : public RuntimeTest {
 protected:
  void SetUp() override {
    // A fork of a program with several machines has only one of them.
    GTEST_FLAG_SET(death_test_style, "threadsafe");
  }
};

constexpr char kDeadlock[] =
    "fatal error: all goroutines are asleep - deadlock!\n\n"
    "goroutine 1 \\[";

TEST_F(FatalDeathTest, AllAsleep) {
  const std::string prefix = kDeadlock;
  EXPECT_EXIT(make_chan<int>().send(1), ExitedWithCode(2),
              prefix + "chan send\\]:\n");
  EXPECT_EXIT(make_chan<int>().recv(), ExitedWithCode(2),
              prefix + "chan receive\\]:\n");
  EXPECT_EXIT(chan<int>().recv(), ExitedWithCode(2),
              prefix + "chan receive \\(nil chan\\)\\]:\n");
  EXPECT_EXIT(chan<int>().send(1), ExitedWithCode(2),
              prefix + "chan send \\(nil chan\\)\\]:\n");
  EXPECT_EXIT(select(), ExitedWithCode(2),
              prefix + "select \\(no cases\\)\\]:\n");
}

TEST_F(FatalDeathTest, AllAsleepInLocks) {
  const std::string prefix = kDeadlock;
  EXPECT_EXIT(
      {
        mutex m;
        m.lock();
        m.lock();
      },
      ExitedWithCode(2), prefix + "sync.Mutex.Lock\\]:\n");
  EXPECT_EXIT(
      {
        shared_mutex m;
        m.lock();
        m.lock_shared();
      },
      ExitedWithCode(2), prefix + "sync.RWMutex.RLock\\]:\n");
  EXPECT_EXIT(
      {
        wait_group g;
        g.add();
        g.wait();
      },
      ExitedWithCode(2), prefix + "sync.WaitGroup.Wait\\]:\n");
  EXPECT_EXIT(semaphore(0).acquire(), ExitedWithCode(2),
              prefix + "semacquire\\]:\n");
  EXPECT_EXIT(
      {
        mutex m;
        condition_variable cv;
        m.lock();
        cv.wait(m);
      },
      ExitedWithCode(2), prefix + "sync.Cond.Wait\\]:\n");
}

TEST_F(FatalDeathTest, SelectWaitsAsWhatItIs) {
  const std::string prefix = kDeadlock;
  EXPECT_EXIT(select(recv_case(make_chan<int>())), ExitedWithCode(2),
              prefix + "chan receive\\]:\n");
  EXPECT_EXIT(
      select(recv_case(make_chan<int>()), send_case(make_chan<int>(), 1)),
      ExitedWithCode(2), prefix + "select\\]:\n");
}

TEST_F(FatalDeathTest, TheReportNamesEveryGoroutine) {
  EXPECT_EXIT(
      {
        auto c = make_chan<int>();
        go([c] {
          set_goroutine_name("left behind");
          c.send(1);
          c.send(2);
        });
        c.recv();
        mutex m;
        m.lock();
        m.lock();
      },
      ExitedWithCode(2),
      "goroutine [0-9]+ \\[chan send\\]:\nleft behind\n.*fatal_test.cpp:"
      "(.|\n)*created by .* in goroutine 1\n\t.*fatal_test.cpp:");
}

TEST_F(FatalDeathTest, AStaleTimerDoesNotHideADeadlock) {
  EXPECT_EXIT(
      {
        ticker t(1ms);
        make_chan<int>().recv();
      },
      ExitedWithCode(2), kDeadlock);
}

TEST_F(FatalDeathTest, ASleeperIsNoDeadlock) {
  EXPECT_EXIT(
      {
        auto c = make_chan<int>();
        go([c] {
          sleep_for(20ms);
          c.send(1);
        });
        c.recv();
        std::exit(0);
      },
      ExitedWithCode(0), "");
}

TEST_F(FatalDeathTest, AForeignThreadIsNoDeadlockUntilItEnds) {
  EXPECT_EXIT(
      {
        auto c = make_chan<int>();
        std::thread t([c] {
          usleep(30'000);
          c.send(1);
        });
        t.detach();
        c.recv();
        std::cerr << "received\n";
        c.recv();
      },
      ExitedWithCode(2), "received\nfatal error: all goroutines are asleep");
}

TEST_F(FatalDeathTest, PanicTexts) {
  EXPECT_EXIT(
      {
        go([] { throw std::runtime_error("boom"); });
        make_chan<int>().recv();
      },
      ExitedWithCode(2),
      "panic: boom\n\ngoroutine [0-9]+ \\[running\\]:\n.*lambda.*\n\t"
      ".*fatal_test.cpp:");
  EXPECT_EXIT(
      {
        go([] { throw 42; });
        make_chan<int>().recv();
      },
      ExitedWithCode(2), "panic: 42\n\n");
  EXPECT_EXIT(
      {
        auto c = make_chan<int>();
        c.close();
        go([c] { c.close(); });
        make_chan<int>().recv();
      },
      ExitedWithCode(2), "panic: close of closed channel\n\n");
}

TEST_F(FatalDeathTest, APanicDoesNotUnwind) {
  EXPECT_EXIT(
      {
        go([] {
          struct Loud {
            ~Loud() { std::cerr << "unwound\n"; }
          } loud;
          throw std::runtime_error("x");
        });
        make_chan<int>().recv();
      },
      ExitedWithCode(2), "^panic: x\n\n");
}

TEST_F(FatalDeathTest, UnlockOfUnlocked) {
  EXPECT_EXIT(mutex().unlock(), ExitedWithCode(2),
              "fatal error: sync: unlock of unlocked mutex\n\n"
              "goroutine 1 \\[running\\]:\n");
  EXPECT_EXIT(shared_mutex().unlock(), ExitedWithCode(2),
              "fatal error: sync: Unlock of unlocked RWMutex\n");
  EXPECT_EXIT(shared_mutex().unlock_shared(), ExitedWithCode(2),
              "fatal error: sync: RUnlock of unlocked RWMutex\n");
}

#if defined(__SANITIZE_ADDRESS__)
#define CSP_TEST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CSP_TEST_ASAN 1
#endif
#endif

// AddressSanitizer reports stack overflows itself.
#ifndef CSP_TEST_ASAN
int recurse(int depth) {
  volatile char frame[1024];
  frame[0] = static_cast<char>(depth);
  return depth == -1 ? 0 : recurse(depth + 1) + frame[0];
}

TEST_F(FatalDeathTest, StackOverflowNamesItsGoroutine) {
  EXPECT_EXIT(
      {
        go([] {
          set_goroutine_name("deep");
          recurse(0);
        });
        make_chan<int>().recv();
      },
      ExitedWithCode(2),
      "fatal error: stack overflow\n\ngoroutine [0-9]+ \\[running\\]:\n"
      "deep\n(.|\n)*recurse");
}
#endif

TEST_F(FatalDeathTest, MainEndsWhileOthersCompute) {
  EXPECT_EXIT(
      {
        gomaxprocs(2);
        static struct Static {
          ~Static() { std::cerr << "destroyed under a goroutine\n"; }
        } object;
        std::atomic<bool> running{false};
        go([&] {
          running = true;
          for (std::atomic<long> i = 0;; ++i) {
          }
        });
        run_until([&] { return running.load(); });
        std::exit(5);
      },
      ExitedWithCode(5), "^$");
}

TEST_F(FatalDeathTest, DestructorsRunWhenNobodyElseDoes) {
  EXPECT_EXIT(
      {
        static struct Static {
          ~Static() { std::cerr << "destroyed\n"; }
        } object;
        auto c = make_chan<int>();
        go([c] { c.recv(); });
        yield();
        std::exit(3);
      },
      ExitedWithCode(3), "^destroyed\n$");
}

TEST_F(FatalDeathTest, ExitFromAGoroutine) {
  EXPECT_EXIT(
      {
        go([] { std::exit(7); });
        make_chan<int>().recv();
      },
      ExitedWithCode(7), "^$");
}

TEST_F(FatalDeathTest, UnknownOptionsAreRefused) {
  EXPECT_EXIT(
      {
        setenv("CHANSAN_OPTIONS", "no_such_option=1", 1);
        execl("/proc/self/exe", "test", "--gtest_list_tests", nullptr);
      },
      ExitedWithCode(2), "unknown option 'no_such_option'(.|\n)*exitcode=66");
}

}  // namespace
}  // namespace csp_test
