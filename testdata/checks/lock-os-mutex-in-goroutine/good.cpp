// Threads have theirs, goroutines ours.
#include <csp/csp.h>

#include <mutex>
#include <thread>

std::mutex os_mutex;
csp::mutex mu;
int level = 0;
int other = 0;

void run() {
  csp::go([] {
    std::lock_guard lock(mu);
    ++level;
  });
  std::thread thread([] {
    std::lock_guard lock(os_mutex);
    ++other;
  });
  thread.join();
}
