// The early return leaves the mutex locked.
#include <mutex>

std::mutex mutex;
int count;

int take(bool ready) {
#ifndef FIXED
  mutex.lock();  // want "leaves 'mutex' locked"
  if (!ready) return -1;
  --count;
  mutex.unlock();
#else
  std::lock_guard<std::mutex> lock(mutex);
  if (!ready) return -1;
  --count;
#endif
  return 0;
}
