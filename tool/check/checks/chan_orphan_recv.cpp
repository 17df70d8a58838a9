// chan-orphan-recv: a receive that no send and no close can end.
#include "tool/check/checks/stuck.h"

namespace chansan::check {
namespace {

class ChanOrphanRecv final : public ShapeCheck {
 public:
  using ShapeCheck::ShapeCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    judge_shape(outcomes, Shape::kOrphanReceive,
                "close the channel on every path, or select with a way out");
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(chan_orphan_recv, ChanOrphanRecv)

}  // namespace chansan::check
