// A test changes the rate while the loop of the one before still reads it.
#include <csp/csp.h>

#include <memory>

int lease_rate = 10;

struct Lessor {
  csp::chan<csp::unit> stop = csp::make_chan<csp::unit>();
  csp::chan<csp::unit> done = csp::make_chan<csp::unit>();
  void run() {
    for (;;) {
      const int rate = lease_rate;  // want "chansan-race-shared-global"
      (void)rate;
      if (csp::select(csp::recv_case(stop),
                      csp::recv_case(csp::after(
                          std::chrono::milliseconds(1)))) == 0) {
        done.close();
        return;
      }
    }
  }
};

int main() {
  auto lessor = std::make_shared<Lessor>();
  csp::go([lessor] { lessor->run(); });
#ifdef FIXED
  lessor->stop.close();
  lessor->done.recv();
#endif
  lease_rate = 20;
#ifndef FIXED
  lessor->stop.close();
  lessor->done.recv();
#endif
}
