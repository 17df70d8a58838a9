// Helpers that are called with the lock; what never changes.
#include <csp/csp.h>

#include <mutex>

class Stats {
 public:
  explicit Stats(int limit) : limit_(limit) { hits_ = 0; }
  void hit() {
    std::lock_guard lock(mu_);
    if (hits_ < limit_) ++hits_;
  }
  void reset() {
    std::lock_guard lock(mu_);
    hits_ = 0;
    note();
  }
  bool any() {
    std::lock_guard lock(mu_);
    return hits_ > 0;
  }
  int limit() { return limit_; }

 private:
  void note() { notes_ = hits_; }
  csp::mutex mu_;
  const int limit_;
  int hits_ = 0;
  int notes_ = 0;
};
