// The lock is of a kind that its holder may take again.
#include <pthread.h>

#include <mutex>

struct Account {
  pthread_mutex_t mu;
  std::recursive_mutex second;
  int balance = 0;
};

static void add(Account* account, int amount) {
  std::lock_guard guard(account->second);
  pthread_mutex_lock(&account->mu);
  account->balance += amount;
  pthread_mutex_unlock(&account->mu);
}

int main() {
  Account account;
  pthread_mutexattr_t recursive;
  pthread_mutexattr_init(&recursive);
  pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&account.mu, &recursive);
  std::lock_guard guard(account.second);
  pthread_mutex_lock(&account.mu);
  add(&account, 1);
  pthread_mutex_unlock(&account.mu);
}
