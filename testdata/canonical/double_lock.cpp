// The second lock waits for the function's own first.
#include <mutex>

std::mutex mutex;
int count;

void twice() {
  mutex.lock();
#ifndef FIXED
  mutex.lock();  // want "locks 'mutex' again"
#endif
  ++count;
  mutex.unlock();
}
