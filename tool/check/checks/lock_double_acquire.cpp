// lock-double-acquire: a goroutine waits for a lock that it holds itself.
#include "tool/check/check.h"
#include "tool/check/checks/misuses.h"

namespace chansan::check {
namespace {

class LockDoubleAcquire final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    for (const model::Misuse& misuse : outcomes.misuses) {
      if (misuse.kind != model::Misuse::Kind::kDoubleLock) continue;
      report(analysis().location(misuse.site),
             "deadlock: this locks " + misuse.object +
                 " again, which goroutine " + std::to_string(misuse.goroutine) +
                 " holds already",
             misuse_story(misuse, "the lock that it still holds", analysis()));
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(lock_double_acquire, LockDoubleAcquire)

}  // namespace chansan::check
