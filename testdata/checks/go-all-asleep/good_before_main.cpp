// A goroutine that a constructor of a global starts, before main.
#include <csp/csp.h>

#include <cstdio>

auto ready = csp::make_chan<int>();

struct Early {
  Early() {
    csp::go([] { ready.send(7); });
  }
};

Early early;

int main() { std::printf("%d\n", *ready.recv()); }
