// A method that locks calls another that does.
#include <csp/csp.h>

#include <mutex>

struct Service {
  csp::mutex mu;
  void hot_add() {
#ifndef FIXED
    std::lock_guard lock(mu);  // want "chansan-lock-double-acquire"
#endif
  }
  void start() {
    std::lock_guard lock(mu);
    hot_add();
  }
};

int main() {
  Service service;
  csp::go([&] { service.start(); });
  csp::sleep_for(std::chrono::milliseconds(1));
}
