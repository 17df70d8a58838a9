// A send that is concurrent with the close may panic: a race on the channel.
#include <csp/csp.h>

int main() {
  auto channel = csp::make_chan<int>(2);
  auto done = csp::make_chan<csp::unit>(1);
  csp::go([=] {
    channel.send(1);
    done.send({});
  });
#ifdef RACY
  while (channel.len() == 0) csp::yield();
#else
  done.recv();
#endif
  channel.close();
  return 0;
}
