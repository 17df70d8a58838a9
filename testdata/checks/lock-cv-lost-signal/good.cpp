// Set under the lock, then notified.
#include <condition_variable>
#include <mutex>
#include <thread>

int wait_for_flag() {
  std::mutex mu;
  std::condition_variable cv;
  bool ready = false;
  std::thread other([&] {
    {
      std::lock_guard lock(mu);
      ready = true;
    }
    cv.notify_one();
  });
  {
    std::unique_lock lock(mu);
    cv.wait(lock, [&] { return ready; });
  }
  other.join();
  return 0;
}
