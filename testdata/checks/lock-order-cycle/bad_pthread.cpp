// Two POSIX threads take two locks, each in its own order.
#include <pthread.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t second = PTHREAD_MUTEX_INITIALIZER;

static void* forth(void*) {
  pthread_mutex_lock(&first);
  pthread_mutex_lock(&second);
  pthread_mutex_unlock(&second);
  pthread_mutex_unlock(&first);
  return nullptr;
}

static void* back(void*) {
  pthread_mutex_lock(&second);
  pthread_mutex_lock(&first);  // want "locked with"
  pthread_mutex_unlock(&first);
  pthread_mutex_unlock(&second);
  return nullptr;
}

int main() {
  pthread_t a;
  pthread_t b;
  pthread_create(&a, nullptr, forth, nullptr);
  pthread_create(&b, nullptr, back, nullptr);
  pthread_join(a, nullptr);  // want "waits for the thread to end"
  pthread_join(b, nullptr);
}
