// A helper returns without closing the channel that its caller waits for; a
// ticker goes on, whose receiver has gone.
// deadlock: no sender left, masked by a timer
#include <csp/csp.h>

using namespace std::chrono_literals;

csp::recv_chan<csp::unit> poll(csp::ticker& ticker) {
  auto done = csp::make_chan<csp::unit>();
  csp::go([done, &ticker] {
    ticker.channel().recv();
#if FIXED
    done.close();
#endif
  });
  return done;
}

int main() {
  csp::ticker ticker(1ms);
  poll(ticker).recv();  // knot: chan receive
}
