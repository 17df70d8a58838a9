// The GC worker's store deletes a uid from the set that the cache reads.
#include <csp/csp.h>
#include <mutex>
#include <set>
struct UidCache {
  csp::mutex mu;
  std::set<int> uids;
  void add(int u) {
    std::lock_guard g(mu);
    uids.insert(u);  // want "chansan-race-container-mutation"
  }
  bool has(int u) {
#ifdef FIXED
    std::lock_guard g(mu);
#endif
    return uids.count(u) > 0;
  }
};
class Collector {
 public:
  void run(csp::chan<int>& work) {
    for (int uid : work) cache.add(uid);
    done.close();
  }
  UidCache cache;
  csp::chan<csp::unit> done = csp::make_chan<csp::unit>();
};
int main() {
  Collector gc;
  auto work = csp::make_chan<int>(2);
  csp::go([&] { gc.run(work); });
  work << 1;
  bool seen = gc.cache.has(1);
  work.close();
  gc.done.recv();
  return seen;
}
