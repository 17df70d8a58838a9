// lock-recursive-rlock: a goroutine takes a lock for reading that it reads
// already.
#include "tool/check/check.h"
#include "tool/check/checks/misuses.h"

namespace chansan::check {
namespace {

class LockRecursiveRlock final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    for (const model::Misuse& misuse : outcomes.misuses) {
      if (misuse.kind != model::Misuse::Kind::kRecursiveRead) continue;
      report(analysis().location(misuse.site),
             "this reads " + misuse.object +
                 " again; a writer that comes between the two waits for the "
                 "first and keeps the second out",
             misuse_story(misuse, "", analysis()));
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(lock_recursive_rlock, LockRecursiveRlock)

}  // namespace chansan::check
