// Two requests share one slot; the second may have it while it waits for its
// own lock, which is opened later.
#include <csp/csp.h>

#include <memory>
#include <mutex>

struct Request {
  csp::mutex lock;
  csp::chan<bool> accepted = csp::make_chan<bool>();
};

struct Breaker {
  csp::chan<csp::unit> pending = csp::make_chan<csp::unit>(2);
  csp::chan<csp::unit> active = csp::make_chan<csp::unit>(1);
  bool maybe(Request& request) {
    if (csp::select(csp::send_case(pending, csp::unit{}),
                    csp::default_case()) != 0)
      return false;
    active << csp::unit{};
    request.lock.lock();
    request.lock.unlock();
    active.recv();
    pending.recv();
    return true;
  }
  void concurrent(Request& request) {
    csp::go([this, &request] { request.accepted << maybe(request); });
  }
};

int main() {
  Breaker breaker;
  Request first;
  Request second;
  first.lock.lock();
  second.lock.lock();
  breaker.concurrent(first);
  breaker.concurrent(second);
#ifdef FIXED
  first.lock.unlock();
  second.lock.unlock();
  first.accepted.recv();
  second.accepted.recv();
#else
  first.lock.unlock();
  first.accepted.recv();  // want "chansan-go-all-asleep"
  second.lock.unlock();
  second.accepted.recv();
#endif
}
