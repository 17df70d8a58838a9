// Two scrapers update the cached row counts of one collector without a lock.
#include <csp/csp.h>
#include <mutex>
class Collector {
 public:
  void refresh(int rows) {
#ifdef FIXED
    std::lock_guard<csp::mutex> lk(mu_);
#endif
    rows_ = rows;  // want "chansan-race-sibling-goroutines"
    ++generation_;
  }
  int rows() {
    std::lock_guard<csp::mutex> lk(mu_);
    return rows_;
  }

 private:
  csp::mutex mu_;
  int rows_ = 0;
  int generation_ = 0;
};
int main() {
  Collector c;
  csp::wait_group wg;
  wg.go([&c] { c.refresh(1); });
  wg.go([&c] { c.refresh(2); });
  wg.wait();
  return c.rows() == 0;
}
