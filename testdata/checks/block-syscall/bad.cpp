// A goroutine that stops its thread; a sleep under a lock.
#include <csp/csp.h>
#include <unistd.h>

#include <mutex>
#include <thread>

csp::mutex mu;
int level = 0;

void run(int fd) {
  csp::go([fd] {
    char buffer[16];
    read(fd, buffer, sizeof(buffer));  // want "'read' blocks the goroutine's OS thread"
    std::this_thread::sleep_for(std::chrono::seconds(1));  // want "'std::this_thread::sleep_for' blocks"
  });
}

void slow() {
  std::lock_guard lock(mu);
  std::this_thread::sleep_for(std::chrono::seconds(1));  // want "this sleeps with 'mu' held"
  ++level;
}
