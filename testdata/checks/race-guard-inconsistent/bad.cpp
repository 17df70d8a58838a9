// One getter forgot the lock.
#include <csp/csp.h>

#include <mutex>

class Stats {
 public:
  void hit() {
    std::lock_guard lock(mu_);
    ++hits_;
  }
  void reset() {
    std::lock_guard lock(mu_);
    hits_ = 0;
  }
  bool any() {
    std::lock_guard lock(mu_);
    return hits_ > 0;
  }
  int hits() { return hits_; }  // want "'hits_' is read without 'mu_', which protects it in 3 of 4 places"

 private:
  csp::mutex mu_;
  int hits_ = 0;
};
