// Of three answers one is taken and one fits into the buffer.
#include <csp/csp.h>

int ask(int server);

int fastest() {
  auto results = csp::make_chan<int>(1);
  for (int i = 0; i < 3; ++i)
    csp::go([=] {
      results << ask(i);  // want "goroutine leak: .* waits to send on 'results', whose buffer of 1 is full"
    });
  return *results.recv();
}
