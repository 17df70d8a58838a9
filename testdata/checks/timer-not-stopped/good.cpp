// Kept as long as it is to run.
#include <csp/csp.h>

void clean_up();

class Cache {
 public:
  void later() {
    timer_ = csp::after_func(std::chrono::seconds(1), [] { clean_up(); });
  }

 private:
  csp::timer timer_{std::chrono::seconds(1)};
};
