// lock-unlock-unheld: an unlock of a lock that nobody holds.
#include "tool/check/check.h"
#include "tool/check/checks/misuses.h"

namespace chansan::check {
namespace {

class LockUnlockUnheld final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    for (const model::Misuse& misuse : outcomes.misuses) {
      if (misuse.kind != model::Misuse::Kind::kUnlockUnheld) continue;
      report(analysis().location(misuse.site),
             "this unlocks " + misuse.object + ", which is not locked",
             misuse_story(misuse, "the last lock", analysis()));
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(lock_unlock_unheld, LockUnlockUnheld)

}  // namespace chansan::check
