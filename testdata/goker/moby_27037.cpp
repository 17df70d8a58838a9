// The container's exit code is read by inspect while the monitor sets it.
#include <csp/csp.h>
#include <memory>
#include <mutex>
struct StreamConfig {
  int opened = 0;
};
class Container {
 public:
  csp::mutex lock;
  int exit_code = 0;
  bool running = true;
  StreamConfig streams;
};
void wait_stop(Container* c, csp::chan<int> code) {
  int v = code.recv().value_or(-1);
  c->lock.lock();
  c->exit_code = v;
  c->running = false;  // want "chansan-race-sibling-goroutines"
  c->lock.unlock();
}
int inspect(Container* c) {
#ifdef FIXED
  std::lock_guard<csp::mutex> g(c->lock);
#endif
  return c->running ? -1 : c->exit_code;
}
int main() {
  auto c = std::make_unique<Container>();
  auto code = csp::make_chan<int>(1);
  csp::wait_group wg;
  Container* p = c.get();
  wg.go([p, code] { wait_stop(p, code); });
  code << 3;
  int got = inspect(p);
  wg.wait();
  return got > 4;
}
