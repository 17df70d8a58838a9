// C's locks can be copied without a word.
#include <pthread.h>

int read(pthread_mutex_t mutex, int* value) {  // want "'mutex' is a lock, and this copies it"
  pthread_mutex_lock(&mutex);
  const int now = *value;
  pthread_mutex_unlock(&mutex);
  return now;
}
