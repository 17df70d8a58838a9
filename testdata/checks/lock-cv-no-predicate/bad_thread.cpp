// The standard library's may wake up for no reason.
#include <condition_variable>
#include <mutex>

std::mutex mu;
std::condition_variable cv;
bool ready = false;

void wait_for_it() {
  std::unique_lock<std::mutex> lock(mu);
  cv.wait(lock);  // want "a wait\(\) that is not in a loop"
}
