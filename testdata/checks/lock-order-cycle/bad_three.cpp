// Three locks, each with the next.
#include <mutex>

class Desk {
 public:
  void first() {
    std::lock_guard a(a_);
    std::lock_guard b(b_);
  }
  void second() {
    std::lock_guard b(b_);
    std::lock_guard c(c_);
  }
  void third() {
    std::lock_guard c(c_);
    std::lock_guard a(a_);  // want "three goroutines can wait for each other"
  }

 private:
  std::mutex a_;
  std::mutex b_;
  std::mutex c_;
};
