// chan-double-close: a second close of a channel throws.
#include "tool/check/check.h"
#include "tool/check/checks/misuses.h"

namespace chansan::check {
namespace {

class ChanDoubleClose final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    for (const model::Misuse& misuse : outcomes.misuses) {
      if (misuse.kind != model::Misuse::Kind::kDoubleClose) continue;
      report(analysis().location(misuse.site),
             "this closes " + misuse.object + " a second time, which throws",
             misuse_story(misuse, "the first close", analysis()));
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(chan_double_close, ChanDoubleClose)

}  // namespace chansan::check
