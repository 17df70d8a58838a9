// std::terminate is all that follows.
#include <stdexcept>
#include <thread>

bool work();

void run() {
  std::thread other([] {
    if (!work()) throw std::runtime_error("failed");  // want "this exception leaves the goroutine"
  });
  other.join();
}
