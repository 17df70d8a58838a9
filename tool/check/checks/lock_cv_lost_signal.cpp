// lock-cv-lost-signal: a wait for a condition that nobody notifies any more.
#include "tool/check/checks/stuck.h"

namespace chansan::check {
namespace {

class LockCvLostSignal final : public ShapeCheck {
 public:
  using ShapeCheck::ShapeCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    judge_shape(
        outcomes, Shape::kLostSignal,
        "set the condition under the lock, notify, and test it before waiting");
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(lock_cv_lost_signal, LockCvLostSignal)

}  // namespace chansan::check
