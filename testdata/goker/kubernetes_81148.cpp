// The test writes an item's timestamp without the queue's lock.
#include <csp/csp.h>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
struct PodInfo {
  int timestamp = 0;
};
class PriorityQueue {
 public:
  explicit PriorityQueue(csp::recv_chan<csp::unit> stop) : stop_(stop) {}
  void add(int key) {
    std::unique_lock<csp::shared_mutex> g(lock_);
    pods_[key] = std::make_shared<PodInfo>();
  }
  void run() {
    csp::go([this] {
      csp::ticker t(std::chrono::milliseconds(1));
      for (;;) {
        flush();
        if (csp::select(csp::recv_case(stop_), csp::recv_case(t.channel())) ==
            0)
          return;
      }
    });
  }
  void flush() {
    std::unique_lock<csp::shared_mutex> g(lock_);
    for (auto& [key, pod] : pods_)
      if (pod->timestamp > 10) pod->timestamp = 0;  // want "chansan-race-sibling-goroutines"
  }
  csp::shared_mutex lock_;
  std::map<int, std::shared_ptr<PodInfo>> pods_;

 private:
  csp::recv_chan<csp::unit> stop_;
};
int main() {
  auto stop = csp::make_chan<csp::unit>();
  auto q = std::make_shared<PriorityQueue>(stop);
  q->add(1);
  q->run();
#ifdef FIXED
  q->lock_.lock();
  q->pods_[1]->timestamp = 20;
  q->lock_.unlock();
#else
  q->pods_[1]->timestamp = 20;
#endif
  csp::sleep_for(std::chrono::milliseconds(5));
  stop.close();
}
