// By reference, by pointer.
#include <csp/csp.h>
#include <pthread.h>

#include <mutex>

struct Counter {
  csp::mutex mu;
  int value = 0;
};

int read(Counter& counter) {
  std::lock_guard lock(counter.mu);
  return counter.value;
}

int read(pthread_mutex_t* mutex, int* value) {
  pthread_mutex_lock(mutex);
  const int now = *value;
  pthread_mutex_unlock(mutex);
  return now;
}
