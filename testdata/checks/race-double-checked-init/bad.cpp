// The first test reads without order.
#include <csp/csp.h>

#include <mutex>

struct Config {
  int level = 0;
};

csp::mutex mu;
Config* config = nullptr;

Config& get() {
  if (!config) {  // want "'config' is tested without the lock"
    std::lock_guard lock(mu);
    if (!config) config = new Config;
  }
  return *config;
}
