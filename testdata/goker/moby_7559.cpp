// The error path continues without the unlock.
#include <csp/csp.h>

#include <mutex>

bool dial();

struct Proxy {
  csp::mutex lock;
  void run() {
    for (;;) {
      lock.lock();  // want "chansan-lock-double-acquire"
      if (!dial()) {
#ifdef FIXED
        lock.unlock();
#endif
        continue;
      }
      lock.unlock();
    }
  }
};

int main() {
  Proxy proxy;
  csp::go([&] { proxy.run(); });
  csp::sleep_for(std::chrono::milliseconds(1));
}
