// A worker asks its timer's goroutine to publish while that one is handing an
// event to the worker.
// deadlock: channel cycle
#include <csp/csp.h>

#include <functional>
#include <memory>

struct Strategy {
  csp::chan<csp::unit> resets = csp::make_chan<csp::unit>();
  csp::chan<csp::unit> changes = csp::make_chan<csp::unit>(1);

  void on_change() {
#if FIXED
    csp::select(csp::send_case(resets, csp::unit{}), csp::default_case());
#else
    resets << csp::unit{};  // knot: chan send
#endif
  }
  void run(csp::recv_chan<csp::unit> stop,
           const std::function<void()>& publish) {
    for (;;) {
      switch (csp::select(csp::recv_case(stop), csp::recv_case(changes),
                          csp::recv_case(resets))) {
        case 0:
          return;
        case 1:
          for (int i = 0; i < 2; ++i) publish();
          break;
        default:
          break;
      }
    }
  }
};

struct Worker {
  csp::chan<int> events = csp::make_chan<int>();
  std::shared_ptr<Strategy> strategy = std::make_shared<Strategy>();
  csp::wait_group wg;

  void start(csp::chan<csp::unit> stop) {
    wg.go([=, this] {
      strategy->run(stop, [this] { events << 1; });  // knot: chan send
    });
    wg.go([=, this] {
      for (int seen = 0; seen < 2; ++seen) {
        events.recv();
        strategy->on_change();
      }
      stop.close();
    });
  }
};

int main() {
  Worker worker;
  auto stop = csp::make_chan<csp::unit>();
  worker.start(stop);
  worker.strategy->changes << csp::unit{};
  worker.wg.wait();  // stuck: sync.WaitGroup.Wait
}
