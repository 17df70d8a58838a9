// The event goroutine takes the lock that main holds while main waits to be
// told by it.
#include <csp/csp.h>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>
struct Event {
  int kind;
};
using Handler = std::function<void(Event)>;
class Monitor {
 public:
  virtual ~Monitor() = default;
  virtual void run(csp::recv_chan<csp::unit> stop) = 0;
  virtual void append_event_handler(Handler h) = 0;
  virtual void schedule(Event e) = 0;
};
class ConfigstoreMonitor : public Monitor {
 public:
  void append_event_handler(Handler h) override {
    handlers_.push_back(std::move(h));
  }
  void schedule(Event e) override { ch_.send(e); }
  void run(csp::recv_chan<csp::unit> stop) override {
    for (;;) {
      bool quit = false;
      csp::select(csp::recv_case(stop, [&](auto) { quit = true; }),
                  csp::recv_case(ch_, [&](std::optional<Event> e) {
                    if (!e) {
                      quit = true;
                      return;
                    }
                    for (auto& h : handlers_) h(*e);
                  }));
      if (quit) return;
    }
  }

 private:
  csp::chan<Event> ch_ = csp::make_chan<Event>();
  std::vector<Handler> handlers_;
};
class Controller {
 public:
  explicit Controller(std::unique_ptr<Monitor> m) : monitor_(std::move(m)) {}
  void register_handler(Handler h) {
    monitor_->append_event_handler(std::move(h));
  }
  void create() { monitor_->schedule(Event{1}); }
  void run(csp::recv_chan<csp::unit> stop) { monitor_->run(stop); }

 private:
  std::unique_ptr<Monitor> monitor_;
};
int main() {
  Controller controller(std::make_unique<ConfigstoreMonitor>());
  auto done = csp::make_chan<bool>();
  csp::mutex lock;
  int seen = 0;
  controller.register_handler([&](Event e) {
    lock.lock();
    seen += e.kind;
    lock.unlock();
    done.send(true);
  });
  auto stop = csp::make_chan<csp::unit>();
  csp::go([&] { controller.run(stop); });
  controller.create();
#ifndef FIXED
  lock.lock();
  done.recv();  // want "chansan-go-all-asleep"
  lock.unlock();
#else
  done.recv();
  lock.lock();
  lock.unlock();
#endif
  stop.close();
}
