// seed_program MODE: what seed_test.cpp runs under CHANSAN_OPTIONS=seed=N.
// It prints what happened, in the order in which it happened.
#include <csp/csp.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <string>

#include "runtime/src/chooser.h"

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

/// Every kind of decision: select, mutex, condition, timers, spawning.
void everything() {
  auto plain = csp::make_chan<int>();
  auto buffered = csp::make_chan<int>(2);
  csp::mutex mutex;
  csp::condition_variable changed;
  int rounds = 0;
  std::string log;
  const auto note = [&](const std::string& what) {
    std::lock_guard hold(mutex);
    log += what + ' ';
  };
  csp::wait_group workers;
  for (int worker = 0; worker < 6; ++worker) {
    workers.go([&, worker] {
      for (int i = 0; i < 5; ++i) {
        if (i % 2) csp::sleep_for(milliseconds(500 * (1 + worker % 3)));
        const int ran =
            csp::select(send_case(plain, worker), send_case(buffered, worker),
                        recv_case(csp::after(hours(1))));
        note("w" + std::to_string(worker) + "/" + std::to_string(ran));
        std::lock_guard hold(mutex);
        ++rounds;
        changed.notify_one();
      }
    });
  }
  csp::go([&] {
    for (int value : plain) note("p" + std::to_string(value));
  });
  csp::go([&] {
    for (int value : buffered) note("b" + std::to_string(value));
  });
  {
    std::unique_lock hold(mutex);
    changed.wait(hold, [&] { return rounds == 30; });
  }
  workers.wait();
  std::lock_guard hold(mutex);
  std::puts(log.c_str());
}

/// Time jumps when nothing else can happen.
void hour() {
  const auto begin = csp::after(milliseconds(1)).recv();
  csp::sleep_for(hours(1));
  const auto end = csp::after(milliseconds(1)).recv();
  const auto passed = *end - *begin;
  std::puts(passed >= hours(1) && passed < hours(1) + milliseconds(5)
                ? "an hour"
                : "not an hour");
}

/// A goroutine that only yields keeps no timer from firing.
void spin() {
  bool done = false;
  csp::go([&] {
    csp::sleep_for(milliseconds(10));
    done = true;
  });
  while (!done) csp::yield();
  std::puts("fired");
}

/// What comes from outside is waited for, though a timer is set.
void outside() {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return;
  csp::go([&] {
    csp::blocking([] { usleep(20'000); });
    csp::io::write(ends[1], "x", 1);
  });
  auto got = csp::make_chan<csp::unit>();
  csp::go([&] {
    char byte = 0;
    csp::io::read(ends[0], &byte, 1);
    got.send({});
  });
  const int first =
      csp::select(recv_case(got), recv_case(csp::after(hours(1))));
  std::puts(first == 0 ? "the pipe" : "the timer");
}

/// Who was outside for a while does nothing more: time jumps again.
void inside_again() {
  csp::go([] { csp::blocking([] { usleep(20'000); }); });
  csp::sleep_for(hours(1));
  std::puts("an hour");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "everything") everything();
  if (mode == "hour") hour();
  if (mode == "spin") spin();
  if (mode == "outside") outside();
  if (mode == "inside_again") inside_again();
  const auto* decisions = csp::internal::chooser();
  const bool counts = mode != "outside" && mode != "inside_again";
  if (!decisions || !counts) return 0;
  std::printf("%llu steps, %llx\n",
              static_cast<unsigned long long>(decisions->steps()),
              static_cast<unsigned long long>(decisions->digest()));
}
