// chan-self-block: one goroutine is the only one that could be the other side
// of its own channel operation.
#include "tool/check/checks/stuck.h"

namespace chansan::check {
namespace {

class ChanSelfBlock final : public ShapeCheck {
 public:
  using ShapeCheck::ShapeCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    judge_shape(outcomes, Shape::kSelfBlock,
                "receive in another goroutine, or give the channel a buffer");
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(chan_self_block, ChanSelfBlock)

}  // namespace chansan::check
