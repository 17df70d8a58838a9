// lock-copy: a lock, or an object with one, is copied.
#include "tool/check/check.h"
#include "tool/check/checks/copies.h"

namespace chansan::check {
namespace {

class LockCopy final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Copy& copy :
         copies_of(facts, {TypeRole::kMutex, TypeRole::kCondition},
                   {"pthread_mutex_t", "pthread_cond_t", "pthread_rwlock_t",
                    "pthread_spinlock_t"}))
      report(copy.at, copy.member.empty()
                          ? copy.what +
                                " is a lock, and this copies it: who locks the "
                                "copy keeps nobody out"
                          : "this copies " + copy.what +
                                ", and with it its lock " + copy.member +
                                ": the copy's keeps nobody out");
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(lock_copy, LockCopy)

}  // namespace chansan::check
