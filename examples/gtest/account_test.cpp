// Two tests that both pass, unless the program is built for detection: then
// the race of the second one is its failure.
#include <chansan/gtest.h>
#include <csp/csp.h>
#include <gtest/gtest.h>

#include <mutex>

namespace {

class Account {
 public:
  void deposit(int amount) {
    const std::lock_guard guard(mutex_);
    balance_ += amount;
  }
  void deposit_without_lock(int amount) { balance_ += amount; }
  int balance() const { return balance_; }

 private:
  csp::mutex mutex_;
  int balance_ = 0;
};

TEST(AccountTest, DepositsUnderTheLock) {
  Account account;
  csp::wait_group group;
  for (int i = 0; i < 4; ++i) group.go([&] { account.deposit(1); });
  group.wait();
  EXPECT_EQ(account.balance(), 4);
}

TEST(AccountTest, DepositsWithoutTheLock) {
  Account account;
  csp::wait_group group;
  for (int i = 0; i < 2; ++i)
    group.go([&] { account.deposit_without_lock(1); });
  group.wait();
  EXPECT_GE(account.balance(), 1);
}

}  // namespace
