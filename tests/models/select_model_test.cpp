// A select that waits in the queues of two channels, while a sender comes to
// each (runtime/src/select.cpp, wait_list.h), written down step by step: one
// of them hands its value over, the other one's stays, the select sees what it
// was given, and nobody looks at its stack once it has left.
#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "tests/models/explorer.h"

namespace model {
namespace {

enum class Mistake {
  kNone,
  kClaimsInTwoSteps,
  kWakesBeforeItWrites,
  kLeavesWithoutItsPlaces,
};

class Hand {
 public:
  explicit Hand(Mistake mistake) : mistake_(mistake) {}

  void select() {
    for (auto& channel : channels_) channel.lock.lock();
    for (auto& channel : channels_) channel.waits = true;
    for (auto& channel : channels_) channel.lock.unlock();
    ready_.await(1, std::memory_order_acquire);
    const int winner = winner_.load(std::memory_order_acquire);
    if (mistake_ != Mistake::kLeavesWithoutItsPlaces) {
      // Whoever popped it under the lock has finished with it after this.
      auto& other = channels_[static_cast<std::size_t>(1 - winner)];
      other.lock.lock();
      other.waits = false;
      other.lock.unlock();
    }
    channels_[static_cast<std::size_t>(winner)].element.read();
    frame_.write();  // returns: its stack is used for something else
  }

  void send(std::size_t index) {
    Channel& channel = channels_[index];
    channel.lock.lock();
    const bool handed = channel.waits && claim(static_cast<int>(index));
    channel.waits = false;
    if (handed && mistake_ == Mistake::kWakesBeforeItWrites) wake();
    if (handed) {
      channel.element.write();
      ++handed_;
    } else {
      ++kept_;
    }
    channel.lock.unlock();
    if (handed && mistake_ != Mistake::kWakesBeforeItWrites) wake();
  }

  void check() const {
    // Senders that came before the select have kept their values.
    require(handed_ <= 1, "two values were handed to one select");
    require(handed_ + kept_ == 2, "a value was lost");
    require(handed_ == ready_.latest(), "a select was not woken");
  }

 private:
  struct Channel {
    Mutex lock;
    bool waits = false;  // the select is in its queue; guarded by lock
    Plain element;
  };

  bool claim(int index) {
    frame_.read();  // winner_ lies on the stack of the select
    int nobody = -1;
    if (mistake_ == Mistake::kClaimsInTwoSteps) {
      if (winner_.load(std::memory_order_acquire) != nobody) return false;
      winner_.store(index, std::memory_order_release);
      return true;
    }
    return winner_.compare_exchange_strong(
        nobody, index, std::memory_order_acq_rel, std::memory_order_acquire);
  }
  void wake() { ready_.store(1, std::memory_order_release); }

  const Mistake mistake_;
  std::array<Channel, 2> channels_;
  Atomic<int> winner_{-1};
  Atomic<int> ready_{0};
  Plain frame_;
  int handed_ = 0;  // the senders' bookkeeping, looked at in the end
  int kept_ = 0;
};

Verdict explore_hand_off(Mistake mistake) {
  return explore(
      [=] {
        auto hand = std::make_shared<Hand>(mistake);
        return Program{{[=] { hand->select(); }, [=] { hand->send(0); },
                        [=] { hand->send(1); }},
                       [=] { hand->check(); }};
      },
      {.preemptions = 3});
}

TEST(SelectModelTest, OneSenderWinsAndNobodyLooksAtASelectThatHasLeft) {
  const auto verdict = explore_hand_off(Mistake::kNone);
  EXPECT_EQ(verdict.violation, "");
  EXPECT_EQ(verdict.cut_off, 0);
  EXPECT_GT(verdict.executions, 1000);
}

TEST(SelectModelTest, AClaimInTwoStepsHandsOverTwice) {
  EXPECT_EQ(explore_hand_off(Mistake::kClaimsInTwoSteps).violation,
            "two values were handed to one select");
}

TEST(SelectModelTest, AWakeUpBeforeTheValueIsARace) {
  EXPECT_NE(explore_hand_off(Mistake::kWakesBeforeItWrites).violation, "");
}

TEST(SelectModelTest, ASelectThatLeavesItsPlacesIsLookedAtAfterwards) {
  EXPECT_NE(explore_hand_off(Mistake::kLeavesWithoutItsPlaces).violation, "");
}

}  // namespace
}  // namespace model
