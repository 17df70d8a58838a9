// A sleep under a lock.
#include <chrono>
#include <mutex>
#include <thread>

std::mutex mu;
int level = 0;

void slow() {
  std::lock_guard<std::mutex> lock(mu);
  std::this_thread::sleep_for(std::chrono::seconds(1));  // want "this sleeps with 'mu' held"
  ++level;
}
