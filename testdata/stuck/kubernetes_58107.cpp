// Workers hold the read lock while they wait for work; who brings it wants the
// write lock first.
// deadlock: condition variable and lock
#include <csp/csp.h>

#include <mutex>
#include <shared_mutex>
#include <vector>

class Queue {
 public:
  int get() {
    std::unique_lock held(mu_);
    while (items_.empty()) added_.wait(held);  // knot: sync.Cond.Wait
    const int item = items_.back();
    items_.pop_back();
    return item;
  }
  void add(int item) {
    std::lock_guard held(mu_);
    items_.push_back(item);
    added_.notify_one();
  }

 private:
  csp::mutex mu_;
  csp::condition_variable added_;
  std::vector<int> items_;
};

class Controller {
 public:
  void work(const csp::chan<csp::unit>& started) {
    std::shared_lock held(workers_);
    started << csp::unit{};
    queue_.get();
  }
  void sync() {
#if !FIXED
    std::lock_guard held(workers_);  // knot: sync.RWMutex.Lock
#endif
    for (int i = 0; i < 2; ++i) queue_.add(i);
  }

 private:
  csp::shared_mutex workers_;
  Queue queue_;
};

int main() {
  Controller controller;
  auto started = csp::make_chan<csp::unit>();
  csp::wait_group wg;
  for (int i = 0; i < 2; ++i) wg.go([&] { controller.work(started); });
  started.recv();
  started.recv();
  wg.go([&] { controller.sync(); });
  wg.wait();  // stuck: sync.WaitGroup.Wait
}
