// Two POSIX threads count without a lock; another pair locks for reading only.
#include <pthread.h>

static int counter = 0;
static int level = 0;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static void* count(void*) {
  for (int i = 0; i < 3; ++i) counter++;  // want "data race on 'counter'"
  return nullptr;
}

static void* look(void* seen) {
  pthread_rwlock_rdlock(&lock);
  *static_cast<int*>(seen) = level;
  pthread_rwlock_unlock(&lock);
  return nullptr;
}

static void* raise(void*) {
  pthread_rwlock_rdlock(&lock);
  level = 1;  // want "data race on 'level'"
  pthread_rwlock_unlock(&lock);
  return nullptr;
}

static void run(void* (*one)(void*), void* (*two)(void*)) {
  int seen = 0;
  pthread_t a;
  pthread_t b;
  pthread_create(&a, nullptr, one, &seen);
  pthread_create(&b, nullptr, two, nullptr);
  pthread_join(a, nullptr);
  pthread_join(b, nullptr);
}

int main() {
  run(count, count);
  run(look, raise);
}
