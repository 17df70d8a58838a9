// An atomic; or the language's own way.
#include <atomic>
#include <mutex>

struct Config {
  int level = 0;
};

std::mutex mu;
std::atomic<Config*> config = nullptr;

Config& get() {
  Config* found = config.load(std::memory_order_acquire);
  if (!found) {
    std::lock_guard<std::mutex> lock(mu);
    found = config.load(std::memory_order_relaxed);
    if (!found) {
      found = new Config;
      config.store(found, std::memory_order_release);
    }
  }
  return *found;
}

Config& single() {
  static Config only;
  return only;
}
