// Every kind of arrow of the event log: a buffered and an unbuffered channel,
// a mutex that is fought for, a wait_group.
#include <csp/csp.h>

int main() {
  const auto jobs = csp::make_chan<int>(2);
  const auto done = csp::make_chan<int>();
  csp::mutex lock;
  csp::wait_group workers;
  int total = 0;
  for (int i = 0; i < 3; ++i) {
    workers.go([&, i] {
      csp::set_goroutine_name("worker " + std::to_string(i));
      for (const int job : jobs) {
        const std::lock_guard hold(lock);
        csp::yield();
        total += job;
      }
    });
  }
  csp::go([&] {
    workers.wait();
    done << total;
  });
  for (int job = 0; job < 30; ++job) jobs << job;
  jobs.close();
  return done.recv() == 435 ? 0 : 1;
}
