// Works until its standard input ends, with channels, a lock and timers, and
// then prints whether nothing was lost.
#include <csp/csp.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>

int main() {
  const auto jobs = csp::make_chan<int>(4);
  std::atomic<bool> stop{false};
  csp::mutex lock;
  csp::wait_group workers;
  long sent = 0;
  long received = 0;
  long ticks = 0;
  for (int i = 0; i < 3; ++i) {
    workers.go([&] {
      for (const int job : jobs) {
        const std::lock_guard hold(lock);
        received += job;
      }
    });
  }
  workers.go([&] {
    while (!stop) {
      csp::sleep_for(std::chrono::milliseconds(1));
      ++ticks;
    }
  });
  workers.go([&] {
    for (int job = 0; !stop; ++job) {
      jobs << job;
      sent += job;
    }
    jobs.close();
  });
  std::puts("ready");
  std::fflush(stdout);
  char byte;
  while (csp::io::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  stop = true;
  workers.wait();
  std::puts(sent == received && ticks > 0 ? "nothing lost" : "lost");
}
