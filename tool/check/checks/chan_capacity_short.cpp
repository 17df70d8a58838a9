// chan-capacity-short: more is sent than the buffer and the receivers take.
#include "tool/check/checks/stuck.h"

namespace chansan::check {
namespace {

class ChanCapacityShort final : public ShapeCheck {
 public:
  using ShapeCheck::ShapeCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    judge_shape(outcomes, Shape::kCapacity,
                "make the capacity the number of sends");
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(chan_capacity_short, ChanCapacityShort)

}  // namespace chansan::check
