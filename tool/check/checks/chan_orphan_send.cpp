// chan-orphan-send: a send on an unbuffered channel whose receiver may have
// gone.
#include "tool/check/checks/stuck.h"

namespace chansan::check {
namespace {

class ChanOrphanSend final : public ShapeCheck {
 public:
  using ShapeCheck::ShapeCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    judge_shape(
        outcomes, Shape::kOrphanSend,
        "receive all that is sent, or select the send with a way out; for one "
        "answer the capacity 1 is enough");
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(chan_orphan_send, ChanOrphanSend)

}  // namespace chansan::check
