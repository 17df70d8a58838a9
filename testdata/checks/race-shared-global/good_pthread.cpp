// What POSIX threads share is ordered by a mutex, a lock for readers and
// writers, a spin lock, a barrier, a semaphore, once, or the end of a thread.
#include <pthread.h>
#include <semaphore.h>

static int counter = 0;
static int level = 0;
static int part = 0;
static int sum = 0;
static int* table = nullptr;
static int uses = 0;
static int answer = 0;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_barrier_t barrier;
static sem_t ready;

static void* count(void*) {
  for (int i = 0; i < 3; ++i) {
    pthread_mutex_lock(&mu);
    counter++;
    pthread_mutex_unlock(&mu);
  }
  return nullptr;
}

static void* look(void* seen) {
  pthread_rwlock_rdlock(&lock);
  *static_cast<int*>(seen) = level;
  pthread_rwlock_unlock(&lock);
  return nullptr;
}

static void* raise(void*) {
  pthread_rwlock_wrlock(&lock);
  level = 1;
  pthread_rwlock_unlock(&lock);
  return nullptr;
}

static void* give(void*) {
  part = 1;
  pthread_barrier_wait(&barrier);
  return nullptr;
}

static void* add(void*) {
  pthread_barrier_wait(&barrier);
  sum = part;
  return nullptr;
}

static void make_table() { table = new int[4]; }

static void* use(void*) {
  pthread_once(&once, make_table);
  pthread_spin_lock(&spin);
  uses += table != nullptr;
  pthread_spin_unlock(&spin);
  return nullptr;
}

static void* solve(void*) {
  answer = 42;
  sem_post(&ready);
  return nullptr;
}

static void* wait(void* seen) {
  sem_wait(&ready);
  *static_cast<int*>(seen) = answer;
  return nullptr;
}

static void run(void* (*one)(void*), void* (*two)(void*)) {
  int seen = 0;
  pthread_t threads[2];
  pthread_create(&threads[0], nullptr, one, &seen);
  pthread_create(&threads[1], nullptr, two, nullptr);
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], nullptr);
}

int main() {
  pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
  pthread_barrier_init(&barrier, nullptr, 2);
  sem_init(&ready, 0, 0);
  run(count, count);
  run(look, raise);
  run(give, add);
  run(use, use);
  run(wait, solve);
  return counter + sum;
}
