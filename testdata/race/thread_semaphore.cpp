// A post is ordered before the wait that it lets through.
#include <semaphore.h>

#include <thread>

sem_t semaphore;
int data = 0;

int main() {
  sem_init(&semaphore, 0, 0);
  std::thread worker([] {
#ifndef RACY
    data = 1;
#endif
    sem_post(&semaphore);
#ifdef RACY
    data = 1;
#endif
  });
  sem_wait(&semaphore);
  data += 1;
  worker.join();
  sem_destroy(&semaphore);
  return 0;
}
