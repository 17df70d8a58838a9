#include <csp/csp.h>

#include <mutex>

csp::mutex mu;
int value;

std::unique_lock<csp::mutex> hold() { return std::unique_lock<csp::mutex>(mu); }

void set(int v) {
  std::lock_guard<csp::mutex> guard{mu};
  value = v;
}
