// Stop() waits for the workers to drain, a worker waits for the stop that is
// only announced after the drain.
#include <csp/csp.h>
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>
class Stopper {
 public:
  bool start_task() {
    std::lock_guard<csp::mutex> lk(mu_);
    if (draining_) return false;
    ++pending_;
    return true;
  }
  void finish_task() {
    std::lock_guard<csp::mutex> lk(mu_);
    --pending_;
    drained_.notify_all();
  }
  void add_worker() { stop_.add(1); }
  void set_stopped() { stop_.done(); }
  csp::recv_chan<csp::unit> should_stop() { return stopper_; }
  void quiesce() {
    std::unique_lock<csp::mutex> lk(mu_);
    draining_ = true;
    while (pending_ > 0) drained_.wait(lk);
  }
  void stop() {
#ifdef FIXED
    stopper_.close();
    quiesce();
#else
    quiesce();
    stopper_.close();
#endif
    stop_.wait();
  }

 private:
  csp::chan<csp::unit> stopper_ = csp::make_chan<csp::unit>();
  csp::wait_group stop_;
  csp::mutex mu_;
  csp::condition_variable drained_;
  bool draining_ = false;
  int pending_ = 0;
};
int main() {
  std::vector<std::shared_ptr<Stopper>> stoppers;
  for (int i = 0; i < 2; i++) stoppers.push_back(std::make_shared<Stopper>());
  for (const auto& s : stoppers) {
    s->add_worker();
    csp::go([s] {
      s->start_task();
      s->should_stop().recv();
      s->set_stopped();
      s->finish_task();
    });
  }
  auto done = csp::make_chan<csp::unit>();
  csp::go([&] {
    for (const auto& s : stoppers) s->stop();
    done << csp::unit{};
  });
  done.recv();  // want "chansan-go-all-asleep"
}
