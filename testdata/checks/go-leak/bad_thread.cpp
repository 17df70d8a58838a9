// A detached thread waits for a lock that its starter leaves locked.
#include <memory>
#include <mutex>
#include <thread>

void start() {
  auto mutex = std::make_shared<std::mutex>();
  mutex->lock();
  std::thread([mutex] {
    mutex->lock();  // want "goroutine leak: goroutine 2 waits for the lock"
    mutex->unlock();
  }).detach();
}
