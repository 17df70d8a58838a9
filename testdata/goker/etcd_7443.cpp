// Up() sends with the lock held that the only reader needs.
#include <csp/csp.h>

#include <memory>
#include <mutex>

struct Balancer {
  csp::mutex mu;
  csp::chan<int> notify = csp::make_chan<int>(1);
  bool closed = false;

  void up(int address) {
    std::unique_lock lock(mu);
    if (closed) return;
#ifdef FIXED
    lock.unlock();
    csp::select(csp::send_case(notify, address), csp::default_case());
#else
    notify << address;
#endif
  }
  void close() {
    std::lock_guard lock(mu);
    if (closed) return;
    closed = true;
  }
};

struct Conn {
  std::shared_ptr<Balancer> balancer;
  void watcher() {
    for (int i = 0; i < 2; ++i) {
      if (!balancer->notify.recv()) return;
      std::lock_guard lock(balancer->mu);
    }
  }
};

int main() {
  auto balancer = std::make_shared<Balancer>();
  Conn conn{balancer};
  csp::wait_group wg;
#ifndef FIXED
  wg.go([&] { conn.watcher(); });
#endif
  for (int i = 0; i < 3; ++i) wg.go([&, i] { balancer->up(i); });
  wg.go([&] { balancer->close(); });
  wg.wait();  // want "chansan-go-all-asleep"
}
