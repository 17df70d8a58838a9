// A scan read-locks the store and, further down, read-locks it again; a writer
// comes in between.
// leak: lock cycle
#include <csp/csp.h>

#include <memory>
#include <mutex>

struct Store {
  csp::shared_mutex mu;
  void process() {
    mu.lock_shared();  // knot: sync.RWMutex.RLock
    mu.unlock_shared();
  }
  void scan(csp::chan<csp::unit> gate) {
    mu.lock_shared();
    gate << csp::unit{};
    csp::sleep_for(std::chrono::milliseconds(5));
#if !FIXED
    process();
#endif
    mu.unlock_shared();
  }
};

int main() {
  auto store = std::make_shared<Store>();
  auto gate = csp::make_chan<csp::unit>();
  csp::go([=] { store->scan(gate); });
  csp::go([=] {
    gate.recv();
    store->mu.lock();  // knot: sync.RWMutex.Lock
    store->mu.unlock();
  });
  csp::sleep_for(std::chrono::milliseconds(20));
}
