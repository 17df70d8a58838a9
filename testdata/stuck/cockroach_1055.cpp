// Quiesce waits for tasks that end when the stopper's channel is closed, which
// is done after it.
// deadlock: channel and wait group
#include <csp/csp.h>

#include <memory>
#include <mutex>
#include <vector>

class Stopper {
 public:
  void add_worker() { workers_.add(1); }
  void start_task() {
    std::lock_guard held(mu_);
    tasks_.add(1);
  }
  void finish_task() { tasks_.done(); }
  csp::recv_chan<csp::unit> should_stop() const { return stopper_; }
  void set_stopped() { workers_.done(); }
  void quiesce() {
    std::lock_guard held(mu_);
    tasks_.wait();  // knot: sync.WaitGroup.Wait
  }
  void stop() {
    stopper_.close();
    workers_.wait();
  }

 private:
  csp::mutex mu_;
  csp::wait_group tasks_;
  csp::wait_group workers_;
  csp::chan<csp::unit> stopper_ = csp::make_chan<csp::unit>();
};

int main() {
  std::vector<std::shared_ptr<Stopper>> stoppers;
  auto started = csp::make_chan<int>();
  for (int i = 0; i < 3; ++i) {
    stoppers.push_back(std::make_shared<Stopper>());
    auto stopper = stoppers.back();
    stopper->add_worker();
    csp::go([=] {
      stopper->start_task();
      started << i;
#if FIXED
      stopper->finish_task();
#endif
      stopper->should_stop().recv();  // knot: chan receive
#if !FIXED
      stopper->finish_task();
#endif
      stopper->set_stopped();
    });
    started.recv();
  }
  auto done = csp::make_chan<csp::unit>(1);
  csp::go([=] {
    for (const auto& stopper : stoppers) stopper->quiesce();
    for (const auto& stopper : stoppers) stopper->stop();
    done.close();
  });
  done.recv();  // stuck: chan receive
}
