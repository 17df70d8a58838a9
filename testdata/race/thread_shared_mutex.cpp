// Readers are not ordered with each other: writing under a shared lock races.
#include <mutex>
#include <shared_mutex>
#include <thread>

std::shared_mutex guard;
int data = 0;

void touch() {
#ifdef RACY
  const std::shared_lock<std::shared_mutex> lock(guard);
#else
  const std::unique_lock<std::shared_mutex> lock(guard);
#endif
  ++data;
}

int main() {
  std::thread one(touch);
  std::thread two(touch);
  one.join();
  two.join();
  return 0;
}
