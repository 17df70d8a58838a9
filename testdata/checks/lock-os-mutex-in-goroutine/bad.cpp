// The thread of many goroutines is blocked.
#include <csp/csp.h>

#include <mutex>

std::mutex mu;
int level = 0;

void run() {
  csp::go([] {
    std::lock_guard lock(mu);  // want "blocks its OS thread"
    ++level;
  });
}
