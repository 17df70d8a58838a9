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

// Wrappers, whose callers hold the lock and have the loop.
void wait_adopting() {
  std::unique_lock<std::mutex> lock(mu, std::adopt_lock);
  cv.wait(lock);
  lock.release();
}

void wait_with(std::unique_lock<std::mutex>& lock, int& waits) {
  ++waits;
  cv.wait(lock);
}
