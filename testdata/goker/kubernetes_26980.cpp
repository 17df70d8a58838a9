// pop() waits for stop with the lock held that the producer needs before main
// comes to close stop.
#include <csp/csp.h>

#include <memory>
#include <mutex>

struct Listener {
  csp::shared_mutex lock;
  csp::condition_variable cv;
  int pending = 0;

  void add() {
    std::unique_lock guard(lock);
    ++pending;
    cv.notify_all();
  }
  void pop(csp::chan<csp::unit> stop) {
    std::unique_lock guard(lock);
    while (pending == 0) cv.wait(guard);
#ifdef FIXED
    guard.unlock();
#endif
    csp::select(csp::recv_case(stop));
  }
};

int main() {
  auto listener = std::make_shared<Listener>();
  auto stop = csp::make_chan<csp::unit>();
  csp::wait_group wg;
  csp::go([=] { listener->pop(stop); });
  wg.add(1);
  listener->add();
  csp::go([&, listener] {
    listener->add();
    wg.done();
  });
  wg.wait();  // want "chansan-go-all-asleep"
  stop.close();
}
