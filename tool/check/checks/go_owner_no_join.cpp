// go-owner-no-join: a class whose destructor leaves a goroutine that uses it.
#include <algorithm>

#include "tool/check/check.h"

namespace chansan::check {
namespace {

class GoOwnerNoJoin final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns())
      if (spawn.runs && spawn.lambda) judge(spawn, facts);
  }

  void judge(const Spawn& spawn, const Facts& facts) {
    const bool keeps_this = std::ranges::any_of(
        spawn.lambda->captures(), [](const clang::LambdaCapture& capture) {
          return capture.capturesThis() &&
                 capture.getCaptureKind() == clang::LCK_This;
        });
    const auto* made =
        llvm::dyn_cast<clang::CXXMethodDecl>(spawn.call->body->function);
    if (!keeps_this || !made || made->getParent()->isLambda()) return;
    const auto* destructor = made->getParent()->getDestructor();
    const Body* end = destructor ? facts.body_of(destructor) : nullptr;
    // Without a destructor of its own, go-capture-this-escape is about it.
    if (!end || !destructor->isUserProvided()) return;
    const bool stops = !end->calls.empty() || !end->others.empty();
    if (stops || holds_joiner(*made->getParent()) ||
        facts.waits_after(*spawn.call->body, spawn.call->expr))
      return;
    report(spawn.lambda->getBeginLoc(),
           "the goroutine uses this '" + made->getParent()->getNameAsString() +
               "', whose destructor neither stops it nor waits for it",
           {{destructor->getLocation(), 0, "the destructor"}});
  }

  // A member that joins by itself.
  static bool holds_joiner(const clang::CXXRecordDecl& record) {
    return member_with(record.getASTContext().getCanonicalTagType(&record),
                       {TypeRole::kJoiningThread, TypeRole::kFuture}) !=
           nullptr;
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(go_owner_no_join, GoOwnerNoJoin)

}  // namespace chansan::check
