// chan-lock-cycle: a channel operation with a lock held that the other side
// needs.
#include "tool/check/checks/stuck.h"

namespace chansan::check {
namespace {

class ChanLockCycle final : public ShapeCheck {
 public:
  using ShapeCheck::ShapeCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    judge_shape(outcomes, Shape::kChannelLock,
                "unlock before the channel operation");
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(chan_lock_cycle, ChanLockCycle)

}  // namespace chansan::check
