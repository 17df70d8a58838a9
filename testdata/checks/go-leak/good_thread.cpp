#include <memory>
#include <mutex>
#include <thread>

void start() {
  auto mutex = std::make_shared<std::mutex>();
  mutex->lock();
  std::thread([mutex] {
    mutex->lock();
    mutex->unlock();
  }).detach();
  mutex->unlock();
}
