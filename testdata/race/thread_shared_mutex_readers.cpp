// Every reader's unlock is ordered before the next writer's lock.
#include <mutex>
#include <shared_mutex>
#include <thread>

std::shared_mutex guard;
int data = 0;
int sum = 0;

int read_it() {
  const std::shared_lock<std::shared_mutex> lock(guard);
  return data;
}

int main() {
  std::thread one(read_it);
  std::thread two(read_it);
  {
#ifndef RACY
    const std::unique_lock<std::shared_mutex> lock(guard);
#endif
    data = 1;
  }
  one.join();
  two.join();
  return 0;
}
