// The wait covers the outer goroutine only; the inner one logs after the test.
#include <csp/csp.h>

struct Logger {
  int lines = 0;
  void log() { ++lines; }  // want "chansan-race-ref-capture-after-spawn"
};

int main() {
  Logger logger;
  csp::wait_group wg;
  csp::wait_group inner;
  wg.add(1);
  inner.add(1);
  csp::go([&] {
    csp::go([&] {
      logger.log();
      inner.done();
    });
    wg.done();
  });
  wg.wait();
#ifdef FIXED
  inner.wait();
#endif
  logger.log();
  inner.wait();
}
