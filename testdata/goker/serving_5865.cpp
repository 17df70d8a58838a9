// The goroutine closes the channel on its way out; its maker sends on it.
#include <csp/csp.h>

struct Throttler {
  csp::chan<int> updates = csp::make_chan<int>();
  csp::chan<csp::unit> done = csp::make_chan<csp::unit>();
  void run() {
#ifdef FIXED
    done.close();
#else
    updates.close();
#endif
  }
};

int main() {
  Throttler throttler;
  csp::go([&] { throttler.run(); });
#ifdef FIXED
  csp::select(csp::send_case(throttler.updates, 1),
              csp::recv_case(throttler.done));
#else
  throttler.updates << 1;  // want "chansan-chan-send-after-close"
#endif
}
