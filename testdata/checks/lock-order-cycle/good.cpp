// One order, both at once, or a lock around both.
#include <csp/csp.h>

#include <mutex>

struct Account {
  csp::mutex books;
  csp::mutex cash;
  csp::mutex gate;
  csp::mutex a;
  csp::mutex b;
  int sum = 0;
  void deposit() {
    std::lock_guard first(books);
    std::lock_guard second(cash);
    ++sum;
  }
  void withdraw() {
    std::scoped_lock both(cash, books);
    --sum;
  }
  void gated() {
    std::lock_guard outer(gate);
    std::lock_guard first(a);
    std::lock_guard second(b);
  }
  void gated_too() {
    std::lock_guard outer(gate);
    std::lock_guard first(b);
    std::lock_guard second(a);
  }
};
