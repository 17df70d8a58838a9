// POSIX threads' lock; a function that is started by its name.
#include <csp/csp.h>
#include <pthread.h>

#include <mutex>

pthread_mutex_t old = PTHREAD_MUTEX_INITIALIZER;
std::mutex mu;
int count;

void add() {
  std::lock_guard lock(mu);  // want "blocks its OS thread"
  ++count;
}

void start() {
  csp::go([] {
    pthread_mutex_lock(&old);  // want "blocks its OS thread"
    pthread_mutex_unlock(&old);
  });
  csp::go(add);
}
