// Leases are locked by name and by id, in both orders.
#include <csp/csp.h>

#include <memory>
#include <mutex>

struct Lease {
  csp::mutex mu;
};

struct TableState {
  csp::mutex mu;
  csp::mutex names;
  Lease lease;
  void release() {
    std::lock_guard outer(lease.mu);
#ifndef FIXED
    std::lock_guard inner(mu);  // want "chansan-lock-order-cycle"
#endif
  }
  void acquire() {
    std::lock_guard outer(mu);
    std::lock_guard inner(lease.mu);  // want "chansan-lock-order-cycle"
  }
};

int main() {
  auto state = std::make_shared<TableState>();
  csp::go([state] { state->release(); });
  csp::go([state] { state->acquire(); });
  csp::sleep_for(std::chrono::milliseconds(1));
}
