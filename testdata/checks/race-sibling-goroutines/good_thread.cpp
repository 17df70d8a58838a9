#include <mutex>
#include <string>
#include <thread>

int main() {
  std::string log;
  std::mutex mutex;
  std::thread first([&] {
    std::lock_guard guard(mutex);
    log += "first";
  });
  std::thread second([&] {
    std::lock_guard guard(mutex);
    log += "second";
  });
  first.join();
  second.join();
}
