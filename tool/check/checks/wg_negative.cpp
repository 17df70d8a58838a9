// wg-negative: more done than was added.
#include "tool/check/check.h"
#include "tool/check/checks/misuses.h"

namespace chansan::check {
namespace {

class WgNegative final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    for (const model::Misuse& misuse : outcomes.misuses) {
      if (misuse.kind != model::Misuse::Kind::kNegativeWaitGroup) continue;
      report(analysis().location(misuse.site),
             "this makes the counter of " + misuse.object + " negative",
             misuse_story(misuse, "", analysis()));
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(wg_negative, WgNegative)

}  // namespace chansan::check
