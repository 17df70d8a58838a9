// Stopped, the monitor leaves the probe alone with its result.
#include <csp/csp.h>

void monitor(csp::chan<bool> stop) {
  for (;;) {
    if (csp::select(csp::recv_case(stop),
                    csp::recv_case(csp::after(std::chrono::milliseconds(1)))) ==
        0)
      return;
#ifdef FIXED
    auto results = csp::make_chan<bool>(1);
#else
    auto results = csp::make_chan<bool>();
#endif
    auto [ctx, cancel] = csp::with_timeout(csp::context::background(),
                                           std::chrono::seconds(1));
    csp::go([results] {
      results << true;  // want "chansan-chan-orphan-send"
    });
    switch (csp::select(csp::recv_case(stop), csp::recv_case(results),
                        csp::recv_case(ctx.done()))) {
      case 0:
        cancel();
        return;
      case 1:
        cancel();
        break;
      case 2:
        cancel();
        results.recv();
        break;
    }
  }
}

int main() {
  auto stop = csp::make_chan<bool>();
  csp::go(monitor, stop);
  csp::sleep_for(std::chrono::milliseconds(5));
  stop.close();
}
