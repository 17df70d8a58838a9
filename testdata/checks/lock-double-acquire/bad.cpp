// A method that locks calls another that locks.
#include <csp/csp.h>

#include <mutex>

struct Account {
  csp::mutex mu;
  int balance = 0;
  void add(int amount) {
    std::lock_guard guard(mu);  // want "deadlock: this locks 'mu' again, which goroutine 1 holds already"
    balance += amount;
  }
  void pay() {
    std::lock_guard guard(mu);
    add(-1);
  }
};

int main() {
  Account account;
  account.pay();
}
