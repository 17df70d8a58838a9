// The balancer sends addresses to a watcher that wants the lock it holds.
#include <csp/csp.h>

#include <memory>
#include <mutex>

struct Balancer {
  csp::mutex mu;
  csp::chan<int> addresses = csp::make_chan<int>();
  void watch() {
    std::unique_lock lock(mu);
#ifdef FIXED
    lock.unlock();
#endif
    addresses << 1;  // want "chansan-go-all-asleep"
  }
  void up() { std::lock_guard lock(mu); }
};

int main() {
  auto balancer = std::make_shared<Balancer>();
  auto done = csp::make_chan<csp::unit>();
  csp::go([=] {
    balancer->up();
    balancer->addresses.recv();
    done.close();
  });
  balancer->watch();
  done.recv();
}
