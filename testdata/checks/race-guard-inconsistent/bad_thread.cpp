// The same with the standard library's lock.
#include <mutex>

class Stats {
 public:
  void hit() {
    std::lock_guard<std::mutex> lock(mu_);
    ++hits_;
  }
  void reset() {
    std::lock_guard<std::mutex> lock(mu_);
    hits_ = 0;
  }
  bool any() {
    std::lock_guard<std::mutex> lock(mu_);
    return hits_ > 0;
  }
  void clear() { hits_ = 0; }  // want "'hits_' is written without 'mu_', which protects it in 3 of 4 places"

 private:
  std::mutex mu_;
  int hits_ = 0;
};
