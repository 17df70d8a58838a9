// wait_for returns after the condition holds, and never ends the poller.
#include <csp/csp.h>

#include <functional>

using Wait = std::function<csp::recv_chan<csp::unit>(csp::recv_chan<csp::unit>)>;

Wait poller() {
  return [](csp::recv_chan<csp::unit> done) -> csp::recv_chan<csp::unit> {
    auto ch = csp::make_chan<csp::unit>();
    csp::go([=] {
      csp::ticker tick(std::chrono::milliseconds(1));
      for (;;) {
        int chosen = csp::select(csp::recv_case(tick.channel()),
                                 csp::recv_case(done));
        if (chosen == 1) {
          ch.close();
          return;
        }
        csp::select(csp::send_case(ch, csp::unit{}), csp::default_case());
      }
    });
    return ch;
  };
}

void wait_for(Wait wait, std::function<bool()> condition,
              csp::chan<csp::unit> done) {
  auto ticks = wait(done);
  while (ticks.recv())
    if (condition()) break;
#ifdef FIXED
  done.close();
#endif
}

int main() {
  auto done = csp::make_chan<csp::unit>();
  wait_for(poller(), [] { return true; }, done);
  done.recv();  // want "chansan-chan-orphan-recv"
}
