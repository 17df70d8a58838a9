// A stopped timer's channel is drained although it never fired.
#include <csp/csp.h>
#include <functional>
#include <memory>
class Worker {
 public:
  explicit Worker(csp::context ctx) : ctx_(ctx) {}
  void start(std::function<void()> setup) {
    if (setup) setup();
    csp::go([this] {
      csp::ticker idle(std::chrono::milliseconds(3));
      csp::timer wait(std::chrono::seconds(20));
      for (;;) {
        switch (csp::select(csp::recv_case(ctx_.done()),
                            csp::recv_case(events_),
                            csp::recv_case(wait.channel()))) {
          case 0:
#ifdef FIXED
            wait.stop();
#else
            if (!wait.stop()) wait.channel().recv();  // want "chansan-timer-stop-undrained"
            events_.recv();
#endif
            quit_.send(csp::unit{});
            return;
          case 1:
            break;
          case 2:
            break;
        }
      }
    });
  }
  void join() { quit_.recv(); }  // want "chansan-go-all-asleep"

 private:
  csp::context ctx_;
  csp::chan<int> events_ = csp::make_chan<int>(16);
  csp::chan<csp::unit> quit_ = csp::make_chan<csp::unit>();
};
int main() {
  auto [ctx, cancel] = csp::with_cancel(csp::context::background());
  Worker w(ctx);
  w.start(nullptr);
  cancel();
  w.join();
}
