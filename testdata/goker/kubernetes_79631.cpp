// Heartbeats update the statistic of the heap that len() reads unlocked.
#include <csp/csp.h>
#include <mutex>
#include <shared_mutex>
#include <vector>
struct Heap {
  std::vector<int> items;
  int len() const { return static_cast<int>(items.size()); }
  void add(int x) { items.push_back(x); }  // want "chansan-race-container-mutation"
};
class PriorityQueue {
 public:
  void flush() {
    std::unique_lock<csp::shared_mutex> l(lock_);
    backoff_.add(1);
  }
  int pending() {
#ifdef FIXED
    std::shared_lock<csp::shared_mutex> l(lock_);
#endif
    return backoff_.len();
  }
  void run() {
    csp::go([this] {
      flush();
      done.send({});
    });
  }
  csp::chan<csp::unit> done = csp::make_chan<csp::unit>(1);

 private:
  csp::shared_mutex lock_;
  Heap backoff_;
};
int main() {
  PriorityQueue q;
  q.run();
  int n = q.pending();
  q.done.recv();
  return n > 1;
}
