// Two functions take two locks in two orders.
#include <csp/csp.h>

#include <mutex>

struct Account {
  csp::mutex books;
  csp::mutex cash;
  int sum = 0;
  void deposit() {
    std::lock_guard first(books);
    std::lock_guard second(cash);
    ++sum;
  }
  void withdraw();
};

void Account::withdraw() {
  std::lock_guard first(cash);
  std::lock_guard second(books);  // want "locked with .* held, and elsewhere the other way round"
  --sum;
}
