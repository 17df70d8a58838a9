// Everyone who wants the lock sleeps too.
#include <unistd.h>

#include <mutex>

std::mutex mutex;
int count;

void increment_slowly() {
#ifdef FIXED
  sleep(1);
#endif
  std::lock_guard<std::mutex> lock(mutex);
#ifndef FIXED
  sleep(1);  // want "sleeps with 'mutex' held"
#endif
  ++count;
}
