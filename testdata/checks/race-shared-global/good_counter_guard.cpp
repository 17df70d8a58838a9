// The same with guards and a lambda.
#include <csp/csp.h>

#include <iostream>
#include <mutex>

static int counter = 0;
static csp::mutex mu;

int main() {
  for (int i = 0; i < 10; i++) {
    csp::go([] {
      std::lock_guard guard(mu);
      ++counter;
      std::cout << counter << std::endl;
    });
  }
  while (true) {
    int seen;
    {
      std::scoped_lock guard(mu);
      seen = counter;
    }
    if (seen == 10) break;
    csp::yield();
  }
}
