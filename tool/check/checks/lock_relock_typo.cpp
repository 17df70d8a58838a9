// lock-relock-typo: a second lock where the unlock is due.
#include "tool/check/check.h"
#include "tool/check/checks/sections.h"

namespace chansan::check {
namespace {

class LockRelockTypo final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies())
      for (const Section& section : sections_of(body, facts)) {
        if (section.block || section.place.empty() || !section.unlocks.empty())
          continue;
        for (const Call* other : body.calls)
          if (is_relock(section, *other, facts)) tell(section, *other);
      }
  }

  static bool is_relock(const Section& section, const Call& other,
                        const Facts& facts) {
    return &other != section.lock && other.role == section.lock->role &&
           !llvm::isa<clang::CXXConstructExpr>(other.expr) &&
           other.place() == section.place &&
           facts.parent(other.expr) == facts.parent(section.lock->expr) &&
           facts.before(section.lock->expr, other.expr);
  }

  void tell(const Section& section, const Call& other) {
    const auto* member =
        llvm::cast<clang::MemberExpr>(llvm::cast<clang::CallExpr>(other.expr)
                                          ->getCallee()
                                          ->IgnoreParenImpCasts());
    const std::string mend =
        other.role == Role::kRLock ? "unlock_shared" : "unlock";
    diag(other.at(),
         "%0 is locked a second time where an unlock is due: a typo?")
        << spelled(other.object, "the lock")
        << clang::FixItHint::CreateReplacement(member->getMemberLoc(), mend);
    diag(section.lock->at(), "the first lock", clang::DiagnosticIDs::Note);
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(lock_relock_typo, LockRelockTypo)

}  // namespace chansan::check
