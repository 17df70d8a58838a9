// fork() in a program with goroutines: the child has the one that forked.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <thread>

#include "tests/runtime/runtime_test.h"

namespace {

const pid_t kParent = getpid();

}  // namespace

// What other OS threads of the parent kept in their thread_locals is out of
// reach in the child: LeakSanitizer would call it leaked there.
extern "C" int __lsan_is_turned_off();
extern "C" int __lsan_is_turned_off() { return getpid() != kParent; }

namespace csp_test {
namespace {

/// An int that parent and child both see.
class Shared {
 public:
  Shared()
      : page_(mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    ::new (page_) std::atomic<int>(0);
  }
  ~Shared() { munmap(page_, sizeof(std::atomic<int>)); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  std::atomic<int>& operator*() {
    return *static_cast<std::atomic<int>*>(page_);
  }

 private:
  void* page_;
};

class ForkTest : public RuntimeTest {
 protected:
  /// Waits for the child, which runs `body` and exits with what it returns.
  static int status_of_child(const std::function<int()>& body) {
    std::cout << std::flush;
    const pid_t child = fork();
    if (child == 0) {
      const int status = body();
      std::fflush(nullptr);
      _exit(status);
    }
    int status = 0;
    blocking([&] { waitpid(child, &status, 0); });
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  /// The same from a goroutine that is not main.
  static int status_of_goroutines_child(const std::function<int()>& body) {
    int status = 0;
    wait_group one;
    one.go([&] { status = status_of_child(body); });
    one.wait();
    return status;
  }
};

TEST_F(ForkTest, TheForkingGoroutineGoesOnInTheChildWithEverythingThatItNeeds) {
  const auto body = [] {
    auto c = make_chan<int>();
    wait_group all;
    for (int i = 0; i < 100; ++i) {
      all.go([c, i] {
        sleep_for(100us);
        c << i;
      });
    }
    int sum = 0;
    for (int i = 0; i < 100; ++i) sum += *c.recv();
    all.wait();
    if (select(recv_case(c), recv_case(after(1ms))) != 1) return 1;
    auto [limited, cancel] = with_timeout(context::background(), 1ms);
    limited.done().recv();
    const int blocked = blocking([] { return 5; });
    return sum == 4950 && blocked == 5 ? 0 : 1;
  };
  EXPECT_EQ(status_of_child(body), 0);
  EXPECT_EQ(status_of_goroutines_child(body), 0);
}

TEST_F(ForkTest, TheOtherGoroutinesDoNotExistInTheChild) {
  Shared steps_elsewhere;
  const pid_t parent = getpid();
  auto stop = make_chan<unit>();
  wait_group all;
  for (int i = 0; i < 8; ++i) {
    all.go([&] {
      while (select(recv_case(stop), recv_case(after(50us))) != 0) {
        if (getpid() != parent) ++*steps_elsewhere;
      }
    });
  }
  for (int round = 0; round < 5; ++round) {
    EXPECT_EQ(status_of_goroutines_child([] {
                const std::size_t alive = num_goroutine();
                sleep_for(2ms);
                std::ostringstream dump;
                dump_goroutines(dump);
                const std::string text = dump.str();
                return alive == 1 && num_goroutine() == 1 &&
                               text.find("\ngoroutine ") == text.npos
                           ? 0
                           : 1;
              }),
              0);
  }
  stop.close();
  all.wait();
  EXPECT_EQ(*steps_elsewhere, 0);
}

TEST_F(ForkTest, WhatOthersWaitForDoesNotWakeThemInTheChild) {
  Shared woken;
  const pid_t parent = getpid();
  auto c = make_chan<int>();
  mutex m;
  wait_group all;
  all.go([&] {
    c.recv();
    if (getpid() != parent) ++*woken;
  });
  run_until_waiting(1, "chan receive");
  m.lock();
  all.go([&] {
    m.lock();
    if (getpid() != parent) ++*woken;
    m.unlock();
  });
  run_until_waiting(1, "sync.Mutex.Lock");
  EXPECT_EQ(status_of_child([&] {
              c << 1;
              m.unlock();
              for (int i = 0; i < 10; ++i) yield();
              sleep_for(1ms);
              return 0;
            }),
            0);
  c << 1;
  m.unlock();
  all.wait();
  EXPECT_EQ(*woken, 0);
}

TEST_F(ForkTest, ExecWorksInTheChild) {
  EXPECT_EQ(status_of_goroutines_child([] {
              execl("/bin/sh", "sh", "-c", "exit 7", nullptr);
              return 1;
            }),
            7);
}

TEST_F(ForkTest, ExitInTheChildRunsItsHandlers) {
  static std::atomic<int>* seen = nullptr;
  Shared ran;
  seen = &*ran;
  EXPECT_EQ(status_of_goroutines_child([] {
              std::atexit([] { ++*seen; });
              std::exit(9);
              return 1;
            }),
            9);
  EXPECT_EQ(*ran, 1);
}

TEST_F(ForkTest, AChildWhoseGoroutineEndsEndsWithStatusZero) {
  EXPECT_EQ(status_of_goroutines_child([]() -> int { goexit(); }), 0);
}

TEST_F(ForkTest, ADeadlockOfTheChildIsTheChilds) {
  EXPECT_EQ(status_of_goroutines_child([] {
              close(STDERR_FILENO);
              make_chan<int>().recv();
              return 1;
            }),
            2);
}

TEST_F(ForkTest, ParentAndChildHavePollersOfTheirOwn) {
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  wait_group reader;
  char got = 0;
  reader.go([&] { EXPECT_EQ(io::read(fds[0], &got, 1), 1); });
  run_until_waiting(1, "IO wait");
  EXPECT_EQ(status_of_goroutines_child([] {
              int own[2];
              if (pipe(own) != 0) return 1;
              go([fd = own[1]] { io::write(fd, "x", 1); });
              char c = 0;
              return io::read(own[0], &c, 1) == 1 && c == 'x' ? 0 : 1;
            }),
            0);
  EXPECT_EQ(io::write(fds[1], "y", 1), 1);
  reader.wait();
  EXPECT_EQ(got, 'y');
  close(fds[0]);
  close(fds[1]);
}

TEST_F(ForkTest, ForkInsideBlockingAndFromAForeignThread) {
  const auto use_channels = [] {
    auto c = make_chan<int>();
    go([c] { c << 3; });
    return *c.recv();
  };
  int status = 0;
  blocking([&] { status = status_of_child(use_channels); });
  EXPECT_EQ(status, 3);
  std::thread([&] { status = status_of_child(use_channels) + 1; }).join();
  EXPECT_EQ(status, 4);
}

TEST_F(ForkTest, ForksAmongBusyGoroutinesDisturbNobody) {
  std::atomic<bool> stop{false};
  auto c = make_chan<int>(4);
  wait_group all;
  std::atomic<long> received{0};
  for (int g = 0; g < 4; ++g) {
    all.go([&, g] {
      while (!stop) {
        select(send_case(c, g), default_case());
        mutex m;
        m.lock();
        m.unlock();
        yield();
      }
    });
    all.go([&] {
      while (!stop) {
        if (select(recv_case(c), default_case()) == 0) ++received;
        yield();
      }
    });
  }
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(status_of_goroutines_child([] {
                auto own = make_chan<int>();
                for (int k = 0; k < 10; ++k) {
                  go([own, k] { own << k; });
                }
                int sum = 0;
                for (int k = 0; k < 10; ++k) sum += *own.recv();
                return sum;
              }),
              45);
  }
  const long before = received;
  run_until([&] { return received > before; });
  stop = true;
  all.wait();
}

}  // namespace
}  // namespace csp_test
