// An event's handler needs the lock that the one who waits for it holds.
// deadlock: channel and lock
#include <csp/csp.h>

#include <functional>
#include <mutex>
#include <vector>

class Monitor {
 public:
  using Handler = std::function<void(int)>;
  void append(Handler handler) { handlers_.push_back(std::move(handler)); }
  void run(csp::recv_chan<csp::unit> stop) {
    for (bool go_on = true; go_on;) {
      csp::select(csp::recv_case(events_,
                                 [&](std::optional<int> event) {
                                   for (auto& each : handlers_) each(*event);
                                 }),
                  csp::recv_case(
                      stop, [&](std::optional<csp::unit>) { go_on = false; }));
    }
  }
  void schedule(int event) { events_ << event; }

 private:
  std::vector<Handler> handlers_;
  csp::chan<int> events_ = csp::make_chan<int>(2);
};

int main() {
  Monitor monitor;
  csp::shared_mutex mu;
  auto done = csp::make_chan<csp::unit>();
  auto stop = csp::make_chan<csp::unit>();
  int seen = 0;
  monitor.append([&](int) {
    std::lock_guard held(mu);  // knot: sync.RWMutex.Lock
    if (++seen == 1) done.close();
  });
  csp::wait_group loop;
  loop.go([&] { monitor.run(stop); });
#if FIXED
  monitor.schedule(1);
  done.recv();
#else
  std::lock_guard held(mu);
  monitor.schedule(1);
  done.recv();  // knot: chan receive
#endif
  stop.close();
  loop.wait();
}
