// wg-wait-under-lock: a wait for goroutines with a lock held that they need.
#include "tool/check/checks/stuck.h"

namespace chansan::check {
namespace {

class WgWaitUnderLock final : public ShapeCheck {
 public:
  using ShapeCheck::ShapeCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    judge_shape(outcomes, Shape::kWaitUnderLock, "unlock before the wait");
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(wg_wait_under_lock, WgWaitUnderLock)

}  // namespace chansan::check
