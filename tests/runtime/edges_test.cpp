// Where C++ and goroutines meet: what travels with a goroutine when it changes
// its OS thread, what does not, and what ends while others run.
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <stdexcept>

#include "tests/runtime/runtime_test.h"

namespace csp_test {
namespace {

// Read afresh at each call: compilers take the address of a thread_local for a
// constant, across parks and even through functions that are not inlined.
thread_local int thread_local_value = 0;
[[gnu::noinline]] int* address_of_thread_local() {
  __asm__ volatile("" ::: "memory");
  return &thread_local_value;
}
[[gnu::noinline]] int* address_of_errno() {
  __asm__ volatile("" ::: "memory");
  return &errno;
}

class EdgesTest : public RuntimeTest {
 protected:
  /// Calls csp::blocking() until the goroutine goes on on another OS thread:
  /// others keep every processor busy meanwhile, so that it has to be taken
  /// up by one of theirs.
  static void move_to_another_gettid() {
    const pid_t first = gettid();
    do {
      std::atomic<bool> stop{false};
      std::atomic<long> steps{0};
      wait_group others;
      for (int p = 0; p < gomaxprocs(); ++p) {
        others.go([&] {
          while (!stop) {
            ++steps;
            yield();
          }
        });
      }
      blocking([&] {
        const long before = steps;
        while (steps < before + 10) usleep(10);
      });
      stop = true;
      others.wait();
    } while (gettid() == first);
  }
};

TEST_F(EdgesTest, AnExceptionIsCaughtAcrossABlockingCallOnAnotherOsThread) {
  try {
    throw std::runtime_error("kept");
  } catch (const std::runtime_error& outer) {
    const pid_t first = gettid();
    move_to_another_gettid();
    EXPECT_NE(gettid(), first);
    EXPECT_STREQ(outer.what(), "kept");
    try {
      throw;
    } catch (const std::runtime_error& again) {
      EXPECT_EQ(&again, &outer);
    }
    const std::exception_ptr kept = std::current_exception();
    EXPECT_THROW(std::rethrow_exception(kept), std::runtime_error);
  }
  EXPECT_EQ(std::current_exception(), nullptr);
  EXPECT_EQ(std::uncaught_exceptions(), 0);
}

TEST_F(EdgesTest,
       ADestructorMayBlockWhileAnExceptionFliesAndMovesItsGoroutine) {
  struct Blocks {
    ~Blocks() {
      EXPECT_EQ(std::uncaught_exceptions(), 1);
      move_to_another_gettid();
      EXPECT_EQ(std::uncaught_exceptions(), 1);
    }
  };
  const auto throws = [] {
    const Blocks blocks;
    throw 42;
  };
  EXPECT_THROW(throws(), int);
  EXPECT_EQ(std::uncaught_exceptions(), 0);
}

TEST_F(EdgesTest, ThreadLocalsAndErrnoBelongToTheOsThread) {
  int* const local = address_of_thread_local();
  int* const error = address_of_errno();
  move_to_another_gettid();
  EXPECT_NE(address_of_thread_local(), local);
  EXPECT_NE(address_of_errno(), error);
}

TEST_F(EdgesTest, TheErrorCodeOverloadsTellTheErrorAfterAMoveToo) {
  move_to_another_gettid();
  std::error_code error;
  char byte = 0;
  EXPECT_EQ(io::read(-1, &byte, 1, error), -1);
  EXPECT_EQ(error, std::errc::bad_file_descriptor);
}

TEST_F(EdgesTest, FloatingPointModesTravelWithTheGoroutine) {
  unsigned mode = 0;
  __asm__ volatile("stmxcsr %0" : "=m"(mode));
  const unsigned flush_to_zero = mode | 0x8000u;
  wait_group one;
  one.go([&] {
    __asm__ volatile("ldmxcsr %0" : : "m"(flush_to_zero));
    for (int i = 0; i < 10; ++i) yield();
    unsigned now = 0;
    __asm__ volatile("stmxcsr %0" : "=m"(now));
    EXPECT_EQ(now & 0x8000u, 0x8000u);
  });
  for (int i = 0; i < 20; ++i) {
    yield();
    unsigned now = 0;
    __asm__ volatile("stmxcsr %0" : "=m"(now));
    EXPECT_EQ(now & 0x8000u, 0u);
  }
  one.wait();
}

#ifndef CSP_TEST_NO_DEATHS

class EdgesDeathTest : public RuntimeTest {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(EdgesDeathTest, ARangeOverANilChannelBlocksForEver) {
  EXPECT_EXIT(
      {
        for (int v : chan<int>()) std::exit(v);
      },
      ::testing::ExitedWithCode(2),
      "all goroutines are asleep - deadlock!(.|\n)*goroutine 1 "
      "\\[chan receive \\(nil chan\\)\\]:\n");
}

TEST_F(EdgesDeathTest, APanicInAGoroutineEndsTheProgramThoughOthersRun) {
  EXPECT_EXIT(
      {
        gomaxprocs(4);
        std::atomic<int> running{0};
        for (int g = 0; g < 3; ++g) {
          go([&] {
            ++running;
            for (std::atomic<long> i = 0;; ++i) {
              if (i % 1000 == 0) yield();
            }
          });
        }
        run_until([&] { return running == 3; });
        go([] {
          set_goroutine_name("thrower");
          throw std::runtime_error("boom");
        });
        make_chan<int>().recv();
      },
      ::testing::ExitedWithCode(2),
      "^panic: boom\n\ngoroutine [0-9]+ \\[running\\]:\nthrower\n");
}

#endif

}  // namespace
}  // namespace csp_test
