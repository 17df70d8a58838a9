// The error path asks for the lock that it holds.
#include <csp/csp.h>

#include <mutex>

bool fails();

struct Logging {
  csp::mutex mu;
  void exit() {
    mu.lock();  // want "chansan-lock-double-acquire"
    mu.unlock();
  }
  void output() {
    mu.lock();
    if (fails()) {
#ifdef FIXED
      mu.unlock();
      exit();
      return;
#else
      exit();
#endif
    }
    mu.unlock();
  }
};

int main() {
  Logging log;
  csp::go([&] { log.output(); });
  csp::sleep_for(std::chrono::milliseconds(1));
}
