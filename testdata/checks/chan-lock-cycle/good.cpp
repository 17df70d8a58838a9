// The send comes after the unlock.
#include <csp/csp.h>

#include <mutex>

void update() {
  csp::mutex mu;
  auto c = csp::make_chan<int>();
  auto done = csp::make_chan<csp::unit>(1);
  csp::go([&] {
    { std::lock_guard lock(mu); }
    c << 1;
    done << csp::unit{};
  });
  c.recv();
  mu.lock();
  mu.unlock();
  done.recv();
}
