// The balancer hands over addresses with its lock held; their reader needs
// that lock to tear an address down.
// deadlock: channel and lock
#include <csp/csp.h>

#include <mutex>
#include <vector>

class Balancer {
 public:
  virtual ~Balancer() = default;
  virtual void start(csp::recv_chan<int> updates) = 0;
  virtual csp::recv_chan<std::vector<int>> notify() = 0;
  virtual void down(int address) = 0;
};

class RoundRobin final : public Balancer {
 public:
  void start(csp::recv_chan<int> updates) override {
    csp::go([this, updates] {
      for (int address : updates) watch(address);
      addresses_.close();
    });
  }
  csp::recv_chan<std::vector<int>> notify() override { return addresses_; }
  void down(int address) override {
    std::lock_guard held(mu_);  // knot: sync.Mutex.Lock
    std::erase(known_, address);
  }
  bool is_busy() {
    if (!mu_.try_lock()) return true;
    mu_.unlock();
    return false;
  }

 private:
  void watch(int address) {
    std::unique_lock held(mu_);
    known_.push_back(address);
    const std::vector<int> copy = known_;
#if FIXED
    held.unlock();
#endif
    addresses_ << copy;  // knot: chan send
  }
  csp::mutex mu_;
  std::vector<int> known_;
  csp::chan<std::vector<int>> addresses_ = csp::make_chan<std::vector<int>>();
};

int main() {
  RoundRobin robin;
  Balancer& balancer = robin;
  auto updates = csp::make_chan<int>();
  balancer.start(updates);
  auto closed = csp::make_chan<csp::unit>();
  csp::go([&] {
    for (const std::vector<int>& addresses : balancer.notify()) {
#if !FIXED
      while (!robin.is_busy()) csp::yield();
#endif
      balancer.down(addresses.front());
    }
    closed.close();
  });
  updates << 1;
  updates << 2;
  updates.close();
  closed.recv();  // stuck: chan receive
}
