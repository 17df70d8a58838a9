// The lessor calls its checkpointer with its lock held, and that calls back.
// deadlock: self deadlock
#include <csp/csp.h>

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

class Lessor {
 public:
  using Checkpointer = std::function<void()>;
  void set_checkpointer(Checkpointer checkpointer) {
    std::unique_lock held(mu_);
    checkpointer_ = std::move(checkpointer);
  }
  void checkpoint() {
    std::unique_lock held(mu_);  // knot: sync.RWMutex.Lock
    ++checkpoints_;
  }
  void renew() {
    std::unique_lock held(mu_);
    if (!checkpointer_) return;
#if FIXED
    const Checkpointer call = checkpointer_;
    held.unlock();
    call();
#else
    checkpointer_();
#endif
  }

 private:
  csp::shared_mutex mu_;
  Checkpointer checkpointer_;
  int checkpoints_ = 0;
};

int main() {
  auto lessor = std::make_unique<Lessor>();
  lessor->set_checkpointer([raw = lessor.get()] { raw->checkpoint(); });
  lessor->renew();
}
