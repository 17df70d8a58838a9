// A counter under a mutex; the racy twin does not lock it.
#include <mutex>
#include <thread>

int counter = 0;
std::mutex guard;

void count() {
  for (int i = 0; i < 100; ++i) {
#ifndef RACY
    const std::lock_guard<std::mutex> lock(guard);
#endif
    ++counter;
  }
}

int main() {
  std::thread one(count);
  std::thread two(count);
  one.join();
  two.join();
  return counter == 200 || counter > 0 ? 0 : 1;
}
