// csp's own, with a lock too; handed over; a thread of its own; unlocked before.
#include <csp/csp.h>
#include <unistd.h>

#include <mutex>
#include <thread>

csp::mutex mu;
int level = 0;

void run(int fd) {
  csp::go([fd] {
    char buffer[16];
    csp::io::read(fd, buffer, sizeof(buffer));
    csp::blocking([&] { return read(fd, buffer, sizeof(buffer)); });
    csp::sleep_for(std::chrono::seconds(1));
  });
  std::thread other([] { std::this_thread::sleep_for(std::chrono::seconds(1)); });
  other.join();
}

void slow() {
  {
    std::lock_guard lock(mu);
    ++level;
  }
  std::this_thread::sleep_for(std::chrono::seconds(1));
}

// It blocks no thread, and who waits for the lock waits without one.
void rest() {
  std::lock_guard lock(mu);
  csp::sleep_for(std::chrono::milliseconds(1));
  ++level;
}
