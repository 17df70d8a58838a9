// The same with the standard library's lock.
#include <mutex>

struct Config {
  int level = 0;
};

std::mutex mu;
Config* config = nullptr;

Config& get() {
  if (config == nullptr) {  // want "'config' is tested without the lock"
    std::lock_guard<std::mutex> lock(mu);
    if (config == nullptr) config = new Config;
  }
  return *config;
}
