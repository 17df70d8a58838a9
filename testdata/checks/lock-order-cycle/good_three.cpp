// A fourth lock keeps them apart.
#include <mutex>

class Desk {
 public:
  void first() {
    std::lock_guard gate(gate_);
    std::lock_guard a(a_);
    std::lock_guard b(b_);
  }
  void second() {
    std::lock_guard b(b_);
    std::lock_guard c(c_);
  }
  void third() {
    std::lock_guard gate(gate_);
    std::lock_guard c(c_);
    std::lock_guard a(a_);
  }

 private:
  std::mutex gate_;
  std::mutex a_;
  std::mutex b_;
  std::mutex c_;
};
