// System calls that fail: each is made to fail here, and the program goes on
// as promised. The calls are wrapped when this program is linked.
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>
#include <thread>
#include <vector>

#include "tests/runtime/runtime_test.h"

namespace csp_test {
namespace {

/// A system call that fails on demand.
struct Injection {
  std::atomic<int> failures{0};  // so many next ones fail; -1: all
  std::atomic<int> failed{0};    // since the test began

  bool fails(int error) {
    int left = failures.load();
    do {
      if (left == 0) return false;
    } while (left > 0 && !failures.compare_exchange_weak(left, left - 1));
    ++failed;
    errno = error;
    return true;
  }
};

Injection mapping;
Injection advice;
Injection protection;
Injection thread_start;
Injection epoll_start;
Injection event_start;
Injection allocation;

}  // namespace
}  // namespace csp_test

using csp_test::advice, csp_test::allocation, csp_test::epoll_start,
    csp_test::event_start, csp_test::mapping, csp_test::protection,
    csp_test::thread_start;

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier): the linker's names.
void* __real_mmap(void*, size_t, int, int, int, off_t);
void* __wrap_mmap(void* at, size_t size, int protect, int flags, int fd,
                  off_t offset) {
  if (mapping.fails(ENOMEM)) return MAP_FAILED;
  return __real_mmap(at, size, protect, flags, fd, offset);
}
int __real_madvise(void*, size_t, int);
int __wrap_madvise(void* at, size_t size, int what) {
  return advice.fails(EINVAL) ? -1 : __real_madvise(at, size, what);
}
int __real_mprotect(void*, size_t, int);
int __wrap_mprotect(void* at, size_t size, int protect) {
  return protection.fails(ENOMEM) ? -1 : __real_mprotect(at, size, protect);
}
int __real_pthread_create(pthread_t*, const pthread_attr_t*, void* (*)(void*),
                          void*);
int __wrap_pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                          void* (*run)(void*), void* argument) {
  if (thread_start.fails(0)) return EAGAIN;
  return __real_pthread_create(thread, attributes, run, argument);
}
int __real_epoll_create1(int);
int __wrap_epoll_create1(int flags) {
  return epoll_start.fails(EMFILE) ? -1 : __real_epoll_create1(flags);
}
int __real_eventfd(unsigned, int);
int __wrap_eventfd(unsigned value, int flags) {
  return event_start.fails(EMFILE) ? -1 : __real_eventfd(value, flags);
}
void* __real__Znwm(size_t);
void* __wrap__Znwm(size_t size) {
  if (allocation.fails(ENOMEM)) throw std::bad_alloc();
  return __real__Znwm(size);
}
// NOLINTEND(bugprone-reserved-identifier)
}

namespace csp_test {
namespace {

class InjectionTest : public RuntimeTest {
 protected:
  void TearDown() override {
    for (Injection* one : {&mapping, &advice, &protection, &thread_start,
                           &epoll_start, &event_start, &allocation}) {
      one->failures = 0;
      one->failed = 0;
    }
    RuntimeTest::TearDown();
  }
};

/// Two goroutines that pass a value back and forth until they are told to
/// stop; what is injected must not disturb them.
class Undisturbed {
 public:
  Undisturbed() {
    for (auto [from, to] : {std::pair(a_, b_), std::pair(b_, a_)}) {
      all_.go([this, from, to] {
        for (;;) {
          std::optional<int> v;
          if (select(recv_case(from, v), recv_case(stop_)) == 1) return;
          ++steps_;
          if (select(send_case(to, *v), recv_case(stop_)) == 1) return;
        }
      });
    }
    a_ << 0;
  }
  ~Undisturbed() {
    const long before = steps_;
    run_until([&] { return steps_ > before + 100; });
    stop_.close();
    all_.wait();
  }

 private:
  chan<int> a_ = make_chan<int>();
  chan<int> b_ = make_chan<int>();
  chan<unit> stop_ = make_chan<unit>();
  std::atomic<long> steps_{0};
  wait_group all_;
};

/// Blocks goroutines until none can be had any more; returns how many.
int go_until_refused(const chan<unit>& gate, wait_group& all) {
  constexpr int kMany = 10'000;  // more than one slab has room for
  for (int i = 0; i < kMany; ++i) {
    try {
      all.go([gate] { gate.recv(); });
    } catch (const std::bad_alloc&) {
      return i;
    }
  }
  return kMany;
}

TEST_F(InjectionTest, WithoutMemoryForAStackGoThrowsBadAllocAndAllElseGoesOn) {
  const Undisturbed others;
  auto gate = make_chan<unit>();
  wait_group all;
  mapping.failures = -1;
  const int had = go_until_refused(gate, all);
  EXPECT_LT(had, 10'000);
  EXPECT_GT(mapping.failed, 0);
  const std::size_t alive = num_goroutine();
  EXPECT_THROW(go([] {}), std::bad_alloc);
  EXPECT_THROW(go([](std::vector<int>) {}, std::vector<int>(1000)),
               std::bad_alloc);
  EXPECT_EQ(num_goroutine(), alive);
  mapping.failures = 0;
  all.go([gate] { gate.recv(); });  // memory is back
  gate.close();
  all.wait();  // the counter has not counted those that were refused
}

TEST_F(InjectionTest, AGoroutineWithALargeStackEndsWithoutMemory) {
  constexpr int kMany = 100;
  auto gate = make_chan<unit>();
  std::atomic<int> ended{0};
  for (int i = 0; i < kMany; ++i) {
    go(stack_size{1 << 20}, [gate, &ended] {
      gate.recv();
      ++ended;
    });
  }
  run_until_waiting(kMany, "chan receive");
  const std::size_t others = num_goroutine() - kMany;
  allocation.failures = -1;
  gate.close();
  while (num_goroutine() > others) yield();
  allocation.failures = 0;
  EXPECT_EQ(ended, kMany);
}

TEST_F(InjectionTest, AFunctionTimerWaitsForMemoryForItsGoroutine) {
  auto gate = make_chan<unit>();
  wait_group all;
  mapping.failures = -1;
  go_until_refused(gate, all);
  // More than the processors have in store.
  constexpr int kTimers = 300;
  std::atomic<int> running{0};
  std::vector<timer> timers;
  for (int i = 0; i < kTimers; ++i) {
    timers.push_back(after_func(1ms, [&running, gate] {
      ++running;
      gate.recv();
    }));
  }
  const int before = mapping.failed;
  while (mapping.failed < before + 3) sleep_for(1ms);
  EXPECT_LT(running, kTimers);
  mapping.failures = 0;
  while (running < kTimers) sleep_for(1ms);
  gate.close();
  all.wait();
  run_until([] { return num_goroutine() == 1; });
}

TEST_F(InjectionTest, WithoutGuardMarkersStacksAreProtectedOtherwise) {
  advice.failures = -1;
  wait_group all;
  auto gate = make_chan<unit>();
  // Until stacks are used that never were.
  while (advice.failed == 0) all.go([gate] { gate.recv(); });
  protection.failures = -1;
  while (protection.failed == 0) all.go([gate] { gate.recv(); });
  gate.close();
  all.wait();
}

TEST_F(InjectionTest, WithoutAnotherOsThreadTheOnesThatThereAreGoOn) {
  thread_start.failures = -1;
  gomaxprocs(8);
  auto c = make_chan<int>(10);
  wait_group all;
  std::atomic<int> sum{0};
  for (int g = 0; g < 100; ++g) {
    all.go([&] {
      sleep_for(1ms);
      c << 1;
    });
    all.go([&] { sum += *c.recv(); });
  }
  all.wait();
  EXPECT_EQ(sum, 100);
}

TEST_F(InjectionTest, AnOsThreadThatCouldNotBeHadIsAskedForAgain) {
  // The only machine sits in a call that ends when a goroutine has run, for
  // which there is no machine at first.
  gomaxprocs(1);
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  thread_start.failures = 1;
  go([fd = fds[1]] { EXPECT_EQ(write(fd, "x", 1), 1); });
  char c = 0;
  EXPECT_EQ(blocking([&] { return read(fds[0], &c, 1); }), 1);
  close(fds[0]);
  close(fds[1]);
}

TEST_F(InjectionTest, WithoutADescriptorToWaitWithReadWaitsAllTheSame) {
  epoll_start.failures = 1;
  event_start.failures = 1;
  const Undisturbed others;
  for (int i = 0; i < 3; ++i) {
    int fds[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    wait_group all;
    all.go([fd = fds[0]] {
      char c = 0;
      EXPECT_EQ(io::read(fd, &c, 1), 1);
      EXPECT_EQ(c, 'x');
    });
    all.go([fd = fds[1]] {
      sleep_for(1ms);
      EXPECT_EQ(io::write(fd, "x", 1), 1);
    });
    all.wait();
    close(fds[0]);
    close(fds[1]);
  }
}

TEST_F(InjectionTest, AtTheLimitOfDescriptorsAcceptSaysSoAndTheRestGoesOn) {
  const Undisturbed others;
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit few = before;
  few.rlim_cur = 64;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  std::vector<int> taken;
  for (int fd = dup(0); fd >= 0; fd = dup(0)) taken.push_back(fd);
  EXPECT_EQ(errno, EMFILE);
  std::error_code error;
  EXPECT_EQ(io::accept(taken[0], nullptr, nullptr, error), -1);
  EXPECT_TRUE(error);
  // Foreign threads cannot be counted now; that must not look like a
  // standstill.
  chan<int> c = make_chan<int>();
  std::thread foreign([c] {
    usleep(20'000);
    c << 1;
  });
  EXPECT_EQ(c.recv(), 1);
  foreign.join();
  for (int fd : taken) close(fd);
  setrlimit(RLIMIT_NOFILE, &before);
}

std::atomic<int> signals_seen{0};

void count_signal(int) {
  // Needs some stack, as handlers do.
  constexpr std::size_t kBytes = 4096;
  [[maybe_unused]] volatile char used[kBytes];
  for (std::size_t i = 0; i < kBytes; i += 64) used[i] = 1;
  ++signals_seen;
}

/// A signal that interrupts system calls, a thousand times a second.
class SignalStorm {
 public:
  explicit SignalStorm(int flags) {
    struct sigaction action{};
    action.sa_handler = &count_signal;
    action.sa_flags = flags;
    sigaction(SIGALRM, &action, &before_);
    const itimerval period{{0, 1000}, {0, 1000}};
    setitimer(ITIMER_REAL, &period, nullptr);
  }
  ~SignalStorm() {
    const itimerval none{};
    setitimer(ITIMER_REAL, &none, nullptr);
    // Discards the last one, which a thread may still have to take.
    signal(SIGALRM, SIG_IGN);
    sigaction(SIGALRM, &before_, nullptr);
  }

 private:
  struct sigaction before_{};
};

class SignalsTest : public InjectionTest,
                    public ::testing::WithParamInterface<int> {};

TEST_P(SignalsTest, InterruptedSystemCallsAndHandlersOnGoroutineStacks) {
  signals_seen = 0;
  const SignalStorm storm(GetParam());
  do {
    int fds[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    wait_group all;
    all.go([fd = fds[0]] {
      char c = 0;
      for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(io::read(fd, &c, 1), 1);
        EXPECT_EQ(io::write(fd, &c, 1), 1);
      }
    });
    all.go([fd = fds[1]] {
      for (char i = 0; i < 20; ++i) {
        char c = i;
        EXPECT_EQ(io::write(fd, &c, 1), 1);
        sleep_for(300us);
        EXPECT_EQ(io::read(fd, &c, 1), 1);
        EXPECT_EQ(c, i);
      }
    });
    all.go([] {
      const auto begin = std::chrono::steady_clock::now();
      sleep_for(5ms);
      EXPECT_GE(std::chrono::steady_clock::now() - begin, 5ms);
      EXPECT_TRUE(after(1ms).recv());
    });
    // Small stacks, computing.
    for (int g = 0; g < 4; ++g) {
      all.go([] {
        std::atomic<int> x{0};
        for (int i = 0; i < 100'000; ++i) x += i;
      });
    }
    all.wait();
    close(fds[0]);
    close(fds[1]);
  } while (signals_seen < 50);
}

INSTANTIATE_TEST_SUITE_P(Stacks, SignalsTest,
                         ::testing::Values(0, SA_ONSTACK, SA_RESTART),
                         [](const auto& each) {
                           return std::string(
                               each.param == 0            ? "OnTheGoroutines"
                               : each.param == SA_ONSTACK ? "OnTheSignalStack"
                                                          : "Restarting");
                         });

}  // namespace
}  // namespace csp_test
