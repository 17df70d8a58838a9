// Producer and consumer look at stop; the producer has looked already.
#include <csp/csp.h>

#include <functional>
#include <memory>

struct Stopper {
  csp::chan<csp::unit> stop = csp::make_chan<csp::unit>();
  csp::wait_group workers;
  void run(std::function<void()> f) {
    workers.add(1);
    csp::go([this, f] {
      f();
      workers.done();
    });
  }
  void halt() {
    stop.close();
    workers.wait();  // want "chansan-go-all-asleep"
  }
};

int main() {
  auto stopper = std::make_shared<Stopper>();
  auto messages = csp::make_chan<int>();
  stopper->run([=] {
    for (;;) {
      if (csp::select(csp::recv_case(stopper->stop), csp::default_case()) == 0)
        return;
#ifdef FIXED
      if (csp::select(csp::send_case(messages, 1),
                      csp::recv_case(stopper->stop)) == 1)
        return;
#else
      messages << 1;
#endif
    }
  });
  stopper->run([=] {
    for (;;)
      if (csp::select(csp::recv_case(messages),
                      csp::recv_case(stopper->stop)) == 1)
        return;
  });
  stopper->halt();
}
