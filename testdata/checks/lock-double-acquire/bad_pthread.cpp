// A function of C's that locks calls another that locks.
#include <pthread.h>

struct Account {
  pthread_mutex_t mu;
  int balance;
};

static void add(Account* account, int amount) {
  pthread_mutex_lock(&account->mu);  // want "this locks 'mu' again"
  account->balance += amount;
  pthread_mutex_unlock(&account->mu);
}

int main() {
  Account account;
  pthread_mutex_init(&account.mu, nullptr);
  account.balance = 0;
  pthread_mutex_lock(&account.mu);
  add(&account, 1);
  pthread_mutex_unlock(&account.mu);
}
