// A condition variable hands over through its mutex.
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex guard;
std::condition_variable changed;
bool ready = false;
int data = 0;

int main() {
  std::thread worker([] {
#ifndef RACY
    data = 3;
#endif
    {
      const std::lock_guard<std::mutex> lock(guard);
      ready = true;
    }
#ifdef RACY
    data = 3;
#endif
    changed.notify_one();
  });
  {
    std::unique_lock<std::mutex> lock(guard);
    changed.wait(lock, [] { return ready; });
  }
  data += 1;
  worker.join();
  return 0;
}
