// How the monitor takes the processor of a goroutine that sits in a system call
// (runtime/src/scheduler_blocking.cpp), while that comes back: nobody uses a
// processor or a stack that somebody else uses. Each variant with one mistake
// is caught.
#include <gtest/gtest.h>

#include <memory>

#include "tests/models/explorer.h"

namespace model {
namespace {

enum class Mistake {
  kNone,
  kNoBarrier,
  kLooksBeforeItTakes,
  kDoesNotLook,
  kLeavesBeforeTheStackIsLeft,
  kComesBackWithoutLock,
};

class Processor {
 public:
  explicit Processor(Mistake mistake) : mistake_(mistake) {}

  // The OS thread of the goroutine that is back from its system call: two
  // operations that need the processor.
  void goroutine() {
    for (int operation = 0; operation < 2; ++operation) {
      if (!enter() && !come_back()) return;  // it waits for a processor
      step();  // what relies on the processor takes its time
      state_.write();
      if (mistake_ == Mistake::kLeavesBeforeTheStackIsLeft) leave();
      stack_.write();
      if (mistake_ != Mistake::kLeavesBeforeTheStackIsLeft) leave();
    }
  }

  void monitor() {
    lock_.lock();
    bool outside = true;
    if (mistake_ == Mistake::kLooksBeforeItTakes) outside = !is_inside();
    holds_.store(0, std::memory_order_relaxed);
    if (mistake_ != Mistake::kNoBarrier) heavy_barrier();
    if (mistake_ != Mistake::kLooksBeforeItTakes &&
        mistake_ != Mistake::kDoesNotLook) {
      outside = !is_inside();
    }
    if (outside) {
      retaken_.write();
      retaken_value_ = true;
      idle_.store(1, std::memory_order_relaxed);
    } else {
      holds_.store(1, std::memory_order_relaxed);
    }
    lock_.unlock();
    if (outside) other_machine();
  }

  void check() const {
    require(holds_.latest() + idle_.latest() <= 1, "two have the processor");
    require(holds_.latest() + idle_.latest() == 1, "nobody has the processor");
  }

 private:
  bool enter() {
    inside_.store(1, std::memory_order_relaxed);
    return holds_.load(std::memory_order_relaxed) == 1;
  }
  void leave() { inside_.store(0, std::memory_order_release); }
  bool is_inside() { return inside_.load(std::memory_order_acquire) == 1; }

  // Returns whether it has the processor again.
  bool come_back() {
    if (mistake_ == Mistake::kComesBackWithoutLock) {
      retaken_.read();
      return !retaken_value_;
    }
    lock_.lock();
    retaken_.read();
    bool has = true;  // the monitor has given it back
    if (retaken_value_) {
      retaken_.write();
      retaken_value_ = false;
      has = idle_.load(std::memory_order_relaxed) == 1;
      if (has) {
        idle_.store(0, std::memory_order_relaxed);
        holds_.store(1, std::memory_order_relaxed);
      }
    }
    lock_.unlock();
    return has;
  }

  // Runs something with it, on a stack that the processor kept, and is idle.
  void other_machine() {
    lock_.lock();
    const bool has = idle_.load(std::memory_order_relaxed) == 1;
    if (has) idle_.store(0, std::memory_order_relaxed);
    lock_.unlock();
    if (!has) return;
    state_.write();
    stack_.write();
    lock_.lock();
    idle_.store(1, std::memory_order_relaxed);
    lock_.unlock();
  }

  const Mistake mistake_;
  Plain state_;  // what only the holder may touch
  Plain stack_;
  Mutex lock_;
  Plain retaken_;
  bool retaken_value_ = false;
  Atomic<int> inside_{0};
  Atomic<int> holds_{1};
  Atomic<int> idle_{0};
};

Verdict explore_retake(Mistake mistake) {
  return explore(
      [=] {
        auto processor = std::make_shared<Processor>(mistake);
        return Program{
            {[=] { processor->goroutine(); }, [=] { processor->monitor(); }},
            [=] { processor->check(); }};
      },
      {});
}

TEST(RetakeModelTest, OneAtATimeHasTheProcessor) {
  const Verdict verdict = explore_retake(Mistake::kNone);
  EXPECT_EQ(verdict.violation, "");
  EXPECT_EQ(verdict.cut_off, 0);
  EXPECT_GT(verdict.executions, 100);
}

TEST(RetakeModelTest, EachMistakeLetsTwoHaveIt) {
  for (const Mistake mistake :
       {Mistake::kNoBarrier, Mistake::kLooksBeforeItTakes,
        Mistake::kDoesNotLook, Mistake::kLeavesBeforeTheStackIsLeft,
        Mistake::kComesBackWithoutLock}) {
    EXPECT_NE(explore_retake(mistake).violation, "")
        << static_cast<int>(mistake);
  }
}

}  // namespace
}  // namespace model
