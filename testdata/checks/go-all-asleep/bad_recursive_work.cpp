// What a goroutine computes before it sends calls itself a million times.
#include "csp/csp.h"

int fibonacci(int n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

int main() {
  auto results = csp::make_chan<int>();
  for (int i = 0; i < 2; ++i) {
    csp::go([=] { results.send(fibonacci(30 + i)); });
  }
  for (int i = 0; i < 3; ++i) {
    results.recv();  // want "goroutine 1 waits to receive from 'results'"
  }
}
