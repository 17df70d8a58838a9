// Requests share one active slot: the one that has it waits for its own lock,
// which main opens only after the other, which waits for the slot.
// deadlock: channel and lock
#include <csp/csp.h>

#include <functional>
#include <memory>
#include <vector>

class Breaker {
 public:
  Breaker() { active_ = csp::make_chan<csp::unit>(1); }
  bool maybe(const std::function<void()>& thunk) {
    if (csp::select(csp::send_case(pending_, csp::unit{}),
                    csp::default_case()) != 0) {
      return false;
    }
    active_ << csp::unit{};  // knot: chan send
    thunk();
    active_.recv();
    pending_.recv();
    return true;
  }
  bool is_full() const { return active_.len() == active_.cap(); }

 private:
  csp::chan<csp::unit> pending_ = csp::make_chan<csp::unit>(2);
  csp::chan<csp::unit> active_;
};

struct Request {
  csp::mutex lock;
  csp::chan<bool> accepted = csp::make_chan<bool>(1);
};

void concurrent(Breaker& breaker, const std::shared_ptr<Request>& request) {
  csp::go([&breaker, request] {
    const bool ok = breaker.maybe([&] {
      request->lock.lock();  // knot: sync.Mutex.Lock
      request->lock.unlock();
    });
    request->accepted << ok;
  });
}

int main() {
  Breaker breaker;
  std::vector<std::shared_ptr<Request>> requests;
  for (int i = 0; i < 2; ++i) {
    requests.push_back(std::make_shared<Request>());
    requests.back()->lock.lock();
  }
  concurrent(breaker, requests[1]);
  while (!breaker.is_full()) csp::yield();
  concurrent(breaker, requests[0]);
  for (const int next : {FIXED ? 1 : 0, FIXED ? 0 : 1}) {
    Request& request = *requests[static_cast<std::size_t>(next)];
    request.lock.unlock();
    request.accepted.recv();  // knot: chan receive
  }
}
