// A closed test server's counter is read while its handler increments it.
#include <csp/csp.h>
struct Server {
  int abort = 0;
  csp::chan<csp::unit> done = csp::make_chan<csp::unit>();
};
void test_stream(Server& s) {
  csp::go([&s] {
    s.abort++;  // want "chansan-race-ref-capture-after-spawn"
    s.done.close();
  });
#ifdef FIXED
  s.done.recv();
#endif
  if (s.abort > 0) return;
#ifndef FIXED
  s.done.recv();
#endif
}
int main() {
  Server s;
  test_stream(s);
}
