// What stands before the creation of a thread is ordered before it.
#include <thread>

int value = 0;

int main() {
#ifndef RACY
  value = 1;
#endif
  std::thread worker([] { value += 1; });
#ifdef RACY
  value = 1;
#endif
  worker.join();
  return 0;
}
