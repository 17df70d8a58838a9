// A class that nobody uses here.
#include <mutex>

class Counter {
 public:
  void add() {
    std::lock_guard lock(mu_);
    ++count_;
    tell();
  }
  void tell() { show(); }

 private:
  void show() {
    std::unique_lock lock(mu_);  // want "locks 'mu_' again"
    ++shown_;
  }

  std::mutex mu_;
  int count_ = 0;
  int shown_ = 0;
};
