// chan-nil-op: a channel that was never made. A send or receive on it waits
// for ever, a close of it throws.
#include <algorithm>

#include "tool/check/check.h"
#include "tool/check/checks/misuses.h"

namespace chansan::check {
namespace {

using model::Misuse;

class ChanNilOp final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    for (const Misuse& misuse : outcomes.misuses) {
      const bool close = misuse.kind == Misuse::Kind::kCloseNil;
      const bool waits = misuse.kind == Misuse::Kind::kNilOperation;
      if (!close && !waits) continue;
      if (waits && told_as_deadlock(misuse.site, outcomes)) continue;
      report(analysis().location(misuse.site),
             close
                 ? "this closes a nil channel, which throws"
                 : "this waits for ever: a " + misuse.object + " a nil channel",
             misuse_story(misuse, "", analysis()));
    }
  }

  bool told_as_deadlock(model::SiteId site, const Outcomes& outcomes) {
    if (!is_enabled("go-all-asleep")) return false;
    return std::ranges::any_of(outcomes.stuck, [&](const model::Stuck& stuck) {
      return stuck.is_main && !stuck.leak && !stuck.partial &&
             std::ranges::find(stuck.waiting, site, &model::Waiting::site) !=
                 stuck.waiting.end();
    });
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(chan_nil_op, ChanNilOp)

}  // namespace chansan::check
