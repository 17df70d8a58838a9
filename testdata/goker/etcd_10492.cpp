// Renewing holds the lock and asks the checkpointer, which locks.
#include <csp/csp.h>

#include <functional>
#include <memory>
#include <mutex>

struct Lessor {
  csp::mutex mu;
  std::function<void()> checkpointer;
  void checkpoint() {
    std::lock_guard lock(mu);  // want "chansan-lock-double-acquire"
  }
  void renew() {
    std::unique_lock lock(mu);
#ifdef FIXED
    lock.unlock();
#endif
    if (checkpointer) checkpointer();
  }
};

int main() {
  auto lessor = std::make_shared<Lessor>();
  lessor->checkpointer = [raw = lessor.get()] { raw->checkpoint(); };
  lessor->renew();
}
