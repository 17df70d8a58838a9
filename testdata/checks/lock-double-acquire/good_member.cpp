// Unlocked before; only if the caller has it not; a lock for several holds.
#include <mutex>
#include <shared_mutex>

class Counter {
 public:
  void add() {
    {
      std::lock_guard lock(mu_);
      ++count_;
    }
    tell(false);
  }
  void add_two() {
    std::unique_lock lock(mu_);
    count_ += 2;
    lock.unlock();
    tell(false);
  }
  void add_three() {
    std::lock_guard lock(mu_);
    count_ += 3;
    tell(true);
  }
  void tell(bool locked) {
    if (locked) {
      ++shown_;
      return;
    }
    std::lock_guard lock(mu_);
    ++shown_;
  }
  void again() {
    std::lock_guard lock(often_);
    once();
  }
  void once() {
    std::lock_guard lock(often_);
    ++times_;
  }

 private:
  std::mutex mu_;
  std::recursive_mutex often_;
  int count_ = 0;
  int shown_ = 0;
  int times_ = 0;
};
