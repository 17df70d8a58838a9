// How machines go to sleep and are woken (runtime/src/scheduler_idle.cpp), and
// how a goroutine changes machines while it parks (scheduler.cpp, csp_switch),
// written down step by step: no wake-up is lost, and nobody runs on a stack
// that somebody else is still on. Each variant with one mistake is caught.
//
// The work is goroutines that wait for one another, so that work that nobody
// is woken for shows as a standstill though another machine would get to it.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <vector>

#include "tests/models/explorer.h"

namespace model {
namespace {

enum class Mistake {
  kNone,
  kSleepsWithoutLookingAgain,
  kLooksForSleepersBeforeItSubmits,
  kFoundWorkWakesNobody,
  kLooksWithoutOrder,
};

class Scheduler {
 public:
  Scheduler(int goroutines, int machines, Mistake mistake)
      : goroutines_(goroutines),
        mistake_(mistake),
        wake_(static_cast<std::size_t>(machines)) {}

  /// A thread that is not one of the machines makes a goroutine runnable.
  void submit() {
    if (mistake_ == Mistake::kLooksForSleepersBeforeItSubmits) wake_one();
    lock_.lock();
    ++global_;
    global_size_.store(global_);
    lock_.unlock();
    if (mistake_ != Mistake::kLooksForSleepersBeforeItSubmits) wake_one();
  }

  /// A machine; it begins with a processor.
  void machine(std::size_t self) {
    bool spinning = false;
    bool processor = true;
    for (;;) {
      if (!processor) return;  // nothing is left to be done
      if (take_global()) {
        if (spinning) stop_spinning();
        spinning = false;
        run();
        continue;
      }
      become_idle(self, spinning, processor);
    }
  }

  void check() const {
    require(global_ == 0, "a goroutine is runnable and nobody runs it");
    require(started_.latest() == goroutines_, "a goroutine was lost");
  }

 private:
  // A goroutine that ends only when all have started.
  void run() {
    started_.fetch_add(1);
    wait_until([this] { return started_.latest() == goroutines_; });
  }

  bool take_global() {
    if (global_size_.load() == 0) return false;
    lock_.lock();
    const bool found = global_ > 0;
    if (found) --global_;
    global_size_.store(global_);
    lock_.unlock();
    return found;
  }

  void wake_one() {
    if (idle_count_.load() == 0) return;
    int none = 0;
    if (!spinning_.compare_exchange_strong(none, 1, std::memory_order_seq_cst,
                                           std::memory_order_seq_cst)) {
      return;
    }
    lock_.lock();
    if (idle_processors_ == 0 || idle_machines_.empty()) {
      lock_.unlock();
      spinning_.fetch_add(-1);
      return;
    }
    --idle_processors_;
    idle_count_.fetch_add(-1);
    const std::size_t machine = idle_machines_.back();
    idle_machines_.pop_back();
    wake_[machine].store(1, std::memory_order_release);
    lock_.unlock();
  }

  void stop_spinning() {
    if (spinning_.fetch_add(-1) != 1) return;
    if (mistake_ == Mistake::kFoundWorkWakesNobody) return;
    const auto order = mistake_ == Mistake::kLooksWithoutOrder
                           ? std::memory_order_relaxed
                           : std::memory_order_seq_cst;
    if (global_size_.load(order) > 0) wake_one();
  }

  void become_idle(std::size_t self, bool& spinning, bool& processor) {
    const bool looks = mistake_ != Mistake::kSleepsWithoutLookingAgain;
    lock_.lock();
    if (global_ > 0 && looks) {
      lock_.unlock();
      return;
    }
    // A machine that is in no list yet has to be there for its processor, so
    // that wake_one(), which would make a new machine, finds one here.
    ++idle_processors_;
    idle_count_.fetch_add(1);
    wake_[self].store(0, std::memory_order_relaxed);
    idle_machines_.push_back(self);
    lock_.unlock();
    if (spinning) spinning_.fetch_add(-1);
    spinning = false;
    if (looks && global_size_.load() > 0 && take_back(self)) return;
    wake_[self].await(1, std::memory_order_acquire);
    spinning = processor = true;
  }

  bool take_back(std::size_t self) {
    lock_.lock();
    const auto at =
        std::find(idle_machines_.begin(), idle_machines_.end(), self);
    const bool mine = at != idle_machines_.end();
    if (mine) {
      idle_machines_.erase(at);
      --idle_processors_;
      idle_count_.fetch_add(-1);
    }
    lock_.unlock();
    return mine;
  }

  const int goroutines_;
  const Mistake mistake_;
  Mutex lock_;
  int global_ = 0;                          // guarded by lock_
  int idle_processors_ = 0;                 // guarded by lock_
  std::vector<std::size_t> idle_machines_;  // guarded by lock_
  Atomic<int> global_size_{0};
  Atomic<int> idle_count_{0};
  Atomic<int> spinning_{0};
  std::deque<Atomic<int>> wake_;
  Atomic<int> started_{0};
};

Verdict explore_parking(int submitters, int machines, int preemptions,
                        Mistake mistake) {
  return explore(
      [=] {
        auto s = std::make_shared<Scheduler>(submitters, machines, mistake);
        Program program{{}, [=] { s->check(); }};
        for (int m = 0; m < machines; ++m) {
          program.threads.push_back(
              [=] { s->machine(static_cast<std::size_t>(m)); });
        }
        for (int i = 0; i < submitters; ++i) {
          program.threads.push_back([=] { s->submit(); });
        }
        return program;
      },
      {.preemptions = preemptions});
}

TEST(ParkingModelTest, OneMachineOneGoroutineNoWakeUpIsLost) {
  const auto verdict = explore_parking(1, 1, 5, Mistake::kNone);
  EXPECT_EQ(verdict.violation, "");
  EXPECT_EQ(verdict.cut_off, 0);
  EXPECT_GT(verdict.executions, 100);
}

TEST(ParkingModelTest, TwoMachinesTwoGoroutinesNoWakeUpIsLost) {
  const auto verdict = explore_parking(2, 2, 2, Mistake::kNone);
  EXPECT_EQ(verdict.violation, "");
  EXPECT_EQ(verdict.cut_off, 0);
  EXPECT_GT(verdict.executions, 10'000);
}

TEST(ParkingModelTest, EachMistakeLosesAWakeUp) {
  for (const Mistake mistake : {Mistake::kSleepsWithoutLookingAgain,
                                Mistake::kLooksForSleepersBeforeItSubmits}) {
    EXPECT_NE(explore_parking(1, 1, 2, mistake).violation, "");
  }
  for (const Mistake mistake :
       {Mistake::kFoundWorkWakesNobody, Mistake::kLooksWithoutOrder}) {
    EXPECT_NE(explore_parking(2, 2, 2, mistake).violation, "");
  }
}

// A goroutine that parks is published before it has left its stack; whoever
// takes it waits until on_cpu says that it has.
enum class Switch { kRight, kDoesNotWait, kLeavesWithoutRelease };

Verdict explore_switch(Switch how) {
  struct State {
    Plain stack;
    Atomic<int> published{0};
    Atomic<int> on_cpu{1};
  };
  return explore(
      [=] {
        auto s = std::make_shared<State>();
        return Program{{[=] {
                          s->published.store(1, std::memory_order_release);
                          s->stack.write();  // saves its registers there
                          s->on_cpu.store(0,
                                          how == Switch::kLeavesWithoutRelease
                                              ? std::memory_order_relaxed
                                              : std::memory_order_release);
                        },
                        [=] {
                          s->published.await(1, std::memory_order_acquire);
                          if (how != Switch::kDoesNotWait) {
                            s->on_cpu.await(0, std::memory_order_acquire);
                          }
                          s->stack.read();  // runs there
                        }},
                       {}};
      },
      {});
}

TEST(ParkingModelTest, NobodyRunsOnAStackThatSomebodyIsStillOn) {
  EXPECT_NE(explore_switch(Switch::kDoesNotWait).violation, "");
  EXPECT_NE(explore_switch(Switch::kLeavesWithoutRelease).violation, "");
  EXPECT_EQ(explore_switch(Switch::kRight).violation, "");
}

}  // namespace
}  // namespace model
