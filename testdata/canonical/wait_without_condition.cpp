// A wait that ends by itself now and then, whatever was notified.
#include <condition_variable>
#include <mutex>

std::mutex mutex;
std::condition_variable changed;
bool ready;

void wait() {
  std::unique_lock<std::mutex> lock(mutex);
#ifndef FIXED
  changed.wait(lock);  // want "a wait\(\) that is not in a loop"
#else
  changed.wait(lock, [] { return ready; });
#endif
}

void set() {
  std::lock_guard<std::mutex> lock(mutex);
  ready = true;
  changed.notify_one();
}
