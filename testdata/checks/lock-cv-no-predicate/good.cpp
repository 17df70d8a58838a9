// A loop, or a predicate.
#include <condition_variable>
#include <mutex>

std::mutex mu;
std::condition_variable cv;
bool ready = false;

void wait_for_it() {
  std::unique_lock<std::mutex> lock(mu);
  while (!ready) cv.wait(lock);
}

void wait_for_it_too() {
  std::unique_lock<std::mutex> lock(mu);
  cv.wait(lock, [] { return ready; });
}
