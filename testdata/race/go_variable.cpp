// A goroutine that adds to a variable of the function that started it.
#include <csp/csp.h>

struct Account {
  long number = 0;
  long balance = 0;
};

static void pay_in(Account& account) { account.balance += 1; }

__attribute__((noinline)) static long transfer() {
  long fees[3] = {};
  Account account;
  csp::wait_group all;
  all.go([&] { pay_in(account); });
#ifndef RACY
  all.wait();
#endif
  pay_in(account);
  all.go([&] { fees[1] += 1; });
#ifndef RACY
  all.wait();
#endif
  fees[1] += 1;
  all.wait();
  return fees[1] + account.balance;
}

int main() { return transfer() == 0; }
