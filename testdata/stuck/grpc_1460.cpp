// The keeper of idle connections sleeps with the lock held; whoever would wake
// it needs the lock first.
// deadlock: channel and lock
#include <csp/csp.h>

#include <map>
#include <memory>
#include <mutex>

struct Stream {};

class Transport {
 public:
  void keep_alive(csp::chan<csp::unit> looked) {
    mu_.lock();
    if (streams_.empty()) {
      looked.close();
#if FIXED
      mu_.unlock();
      awaken_.recv();
#else
      awaken_.recv();  // knot: chan receive
      mu_.unlock();
#endif
      return;
    }
    mu_.unlock();
  }
  void new_stream(int id) {
    std::lock_guard held(mu_);  // knot: sync.Mutex.Lock
    streams_[id] = std::make_unique<Stream>();
    if (streams_.size() == 1) awaken_ << csp::unit{};
  }

 private:
  csp::mutex mu_;
  std::map<int, std::unique_ptr<Stream>> streams_;
  csp::chan<csp::unit> awaken_ = csp::make_chan<csp::unit>();
};

int main() {
  auto transport = std::make_shared<Transport>();
  auto looked = csp::make_chan<csp::unit>();
  csp::wait_group wg;
  wg.go([=] { transport->keep_alive(looked); });
  wg.go([=] {
    looked.recv();
    transport->new_stream(1);
  });
  wg.wait();  // stuck: sync.WaitGroup.Wait
}
