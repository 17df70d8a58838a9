// Unlocked on every way, by a guard, or on the condition it was locked on.
#include <csp/csp.h>

#include <mutex>

csp::mutex mu;
int level = 0;

bool raise(int by) {
  mu.lock();
  if (by < 0) {
    mu.unlock();
    return false;
  }
  level += by;
  mu.unlock();
  return true;
}

void lower(bool shared) {
  if (shared) mu.lock();
  --level;
  if (shared) mu.unlock();
}

bool guarded(int by) {
  std::lock_guard lock(mu);
  if (by < 0) return false;
  level += by;
  return true;
}

void lock_for_caller() { mu.lock(); }
