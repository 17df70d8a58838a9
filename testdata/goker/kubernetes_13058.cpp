// The wait may come before the add of what it waits for.
#include <csp/csp.h>

void until(csp::chan<csp::unit> stop, csp::wait_group& wg) {
  (void)stop;
#ifndef FIXED
  wg.add(1);  // want "chansan-wg-add-races-wait"
#endif
  wg.done();
}

int main() {
  auto stop = csp::make_chan<csp::unit>();
  csp::wait_group wg;
#ifdef FIXED
  wg.add(1);
#endif
  csp::go([&] { until(stop, wg); });
  wg.wait();
}
