// chan-send-after-close: a send that finds its channel closed throws.
#include "tool/check/check.h"
#include "tool/check/checks/misuses.h"

namespace chansan::check {
namespace {

class ChanSendAfterClose final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    for (const model::Misuse& misuse : outcomes.misuses) {
      if (misuse.kind != model::Misuse::Kind::kSendOnClosed) continue;
      report(analysis().location(misuse.site),
             "this send may find " + misuse.object + " closed, and then throws",
             misuse_story(misuse, "the close", analysis()));
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(chan_send_after_close, ChanSendAfterClose)

}  // namespace chansan::check
