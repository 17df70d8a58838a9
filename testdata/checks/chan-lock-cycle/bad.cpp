// The receiver needs the lock that the sender holds.
#include <csp/csp.h>

#include <mutex>

void update() {
  csp::mutex mu;
  auto c = csp::make_chan<int>();
  auto done = csp::make_chan<csp::unit>(1);
  csp::go([&] {
    std::lock_guard lock(mu);
    c << 1;
    done << csp::unit{};
  });
  mu.lock();  // want "this call never returns: .*unlock before the channel operation"
  c.recv();  // want "this call never returns: .*unlock before the channel operation"
  mu.unlock();
  done.recv();
}
