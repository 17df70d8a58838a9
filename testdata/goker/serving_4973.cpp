// The test's goroutine asserts after the test function has returned.
#include <csp/csp.h>
#include <memory>
struct T {
  int failures = 0;
  void errorf() { failures++; }  // want "chansan-race-ref-capture-after-spawn"
};
void run_test(T& t, csp::chan<csp::unit> hook, csp::wait_group* wg) {
  csp::go([&t, hook, wg] {
    if (!hook.recv()) t.errorf();
    wg->done();
  });
}
int main() {
  T t;
  csp::wait_group wg;
  wg.add(1);
  auto hook = csp::make_chan<csp::unit>();
  run_test(t, hook, &wg);
  hook.close();
#ifdef FIXED
  wg.wait();
#endif
  int f = t.failures;
#ifndef FIXED
  wg.wait();
#endif
  return f;
}
