#include <csp/csp.h>

#include <mutex>

struct Account {
  csp::mutex mu;
  int balance = 0;
  void add_locked(int amount) { balance += amount; }
  void add(int amount) {
    std::lock_guard guard(mu);
    add_locked(amount);
  }
  void pay() {
    {
      std::lock_guard guard(mu);
      add_locked(-1);
    }
    add(1);
  }
};

int main() {
  Account account;
  account.pay();
}
