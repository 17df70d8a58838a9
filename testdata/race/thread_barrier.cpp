// Both sides of a barrier are ordered; two threads in one phase are not.
#include <pthread.h>

#include <thread>

pthread_barrier_t barrier;
int data[2] = {0, 0};

void work(int me) {
  for (int phase = 0; phase < 4; ++phase) {
    data[me] += phase;
#ifndef RACY
    pthread_barrier_wait(&barrier);
#endif
    if (data[1 - me] < 0) __builtin_trap();
#ifndef RACY
    pthread_barrier_wait(&barrier);
#endif
  }
}

int main() {
  pthread_barrier_init(&barrier, nullptr, 2);
  std::thread one(work, 0);
  std::thread two(work, 1);
  one.join();
  two.join();
  pthread_barrier_destroy(&barrier);
  return 0;
}
