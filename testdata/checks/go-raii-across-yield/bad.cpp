// Unlocked, perhaps, by another thread.
#include <csp/csp.h>

#include <mutex>

std::mutex mu;
int level = 0;

void run(csp::chan<int> out) {
  csp::go([out] {
    std::lock_guard lock(mu);  // want "this lock belongs to the OS thread"
    out << ++level;
  });
}
