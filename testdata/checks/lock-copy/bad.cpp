// The copy has a lock of its own.
#include <csp/csp.h>

#include <mutex>

struct Counter {
  Counter() = default;
  Counter(const Counter& other) : value(other.value) {}
  csp::mutex mu;
  int value = 0;
};

int read(const Counter& counter) {
  Counter copy = counter;  // want "this copies 'counter', and with it its lock 'mu'"
  std::lock_guard lock(copy.mu);
  return copy.value;
}
