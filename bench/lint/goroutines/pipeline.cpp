// A pipeline of 200 goroutines, each with a channel.
#include <csp/csp.h>

int main() {
  csp::chan<int> in = csp::make_chan<int>();
  csp::chan<int> first = in;
  for (int i = 0; i < 200; ++i) {
    auto out = csp::make_chan<int>();
    csp::go([in, out] {
      for (int v : in) out << v + 1;
      out.close();
    });
    in = out;
  }
  csp::go([first] {
    for (int i = 0; i < 100; ++i) first << i;
    first.close();
  });
  long sum = 0;
  for (int v : in) sum += v;
  return sum > 0 ? 0 : 1;
}
