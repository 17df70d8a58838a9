// A lease's lock is taken inside its table's by one, the other way round by
// the other.
// deadlock: lock cycle
#include <csp/csp.h>

#include <mutex>
#include <vector>

struct Lease {
  csp::mutex mu;
  int references = 1;
};

struct TableState {
  csp::mutex mu;
  std::vector<Lease*> active;
};

class LeaseManager {
 public:
  LeaseManager() { table_.active.push_back(&lease_); }
  void acquire(csp::wait_group& both) {
    std::lock_guard table(table_.mu);
    meet(both);
    for (Lease* lease : table_.active) {
      std::lock_guard held(lease->mu);  // knot: sync.Mutex.Lock
      ++lease->references;
    }
  }
  void release([[maybe_unused]] csp::wait_group& both) {
#if FIXED
    std::scoped_lock held(table_.mu, lease_.mu);
    table_.active.clear();
#else
    std::lock_guard lease(lease_.mu);
    meet(both);
    std::lock_guard table(table_.mu);  // knot: sync.Mutex.Lock
    table_.active.clear();
#endif
  }

 private:
  static void meet([[maybe_unused]] csp::wait_group& both) {
#if !FIXED
    both.done();
    both.wait();
#endif
  }
  TableState table_;
  Lease lease_;
};

int main() {
  LeaseManager manager;
  csp::wait_group both;
  csp::wait_group wg;
#if !FIXED
  both.add(2);
#endif
  wg.go([&] { manager.acquire(both); });
  wg.go([&] { manager.release(both); });
  wg.wait();  // stuck: sync.WaitGroup.Wait
}
