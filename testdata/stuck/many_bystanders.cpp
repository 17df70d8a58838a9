// Two goroutines wait for each other, and thousands beside them for what has
// nothing to do with it.
// deadlock: channel and lock
// goroutines: 6002
#include <csp/csp.h>

#include <mutex>

int main() {
  csp::mutex mu;
  auto requests = csp::make_chan<int>();
  auto never = csp::make_chan<int>();
  csp::wait_group ready;
  ready.add(1);
  for (int i = 0; i < 6000; ++i) {
    csp::go([never] {
      never.recv();  // stuck: chan receive
    });
  }
  csp::go([&] {
    ready.wait();
    std::lock_guard held(mu);  // knot: sync.Mutex.Lock
    requests << 1;
  });
#if FIXED
  ready.done();
  requests.recv();
  never.close();
#else
  std::lock_guard held(mu);
  ready.done();
  requests.recv();  // knot: chan receive
#endif
}
