// The flag is set without a notification.
#include <condition_variable>
#include <mutex>
#include <thread>

int wait_for_flag() {
  std::mutex mu;
  std::condition_variable cv;
  bool ready = false;
  std::thread other([&] {
    std::lock_guard lock(mu);
    ready = true;
  });
  {
    std::unique_lock lock(mu);
    while (!ready) cv.wait(lock);  // want "waits for a notification of 'cv', which does not come"
  }
  other.join();
  return 0;
}
