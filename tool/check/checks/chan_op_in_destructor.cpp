// chan-op-in-destructor: a send in a destructor.
#include "tool/check/check.h"

namespace chansan::check {
namespace {

class ChanOpInDestructor final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies())
      if (llvm::isa<clang::CXXDestructorDecl>(body.function))
        look(body, facts, {}, 2);
  }

  // `via`: where the destructor calls the function that the body is of.
  void look(const Body& body, const Facts& facts, clang::SourceLocation via,
            int depth) {
    for (const Call* call : body.calls) {
      if (call->role != Role::kSend) continue;
      if (facts.around<clang::CXXTryStmt>(call->expr, nullptr)) continue;
      Story story;
      if (via.isValid()) story.push_back({call->at(), 0, "it sends here"});
      report(via.isValid() ? via : call->at(),
             "a send in a destructor: it may wait for ever with nobody to "
             "cancel it, and on a closed channel it ends the program",
             story);
      if (via.isValid()) return;
    }
    if (depth == 0) return;
    for (const clang::Expr* other : body.others) {
      // Members of its own, called on itself.
      const auto* call = llvm::dyn_cast<clang::CXXMemberCallExpr>(other);
      if (!call ||
          !llvm::isa<clang::CXXThisExpr>(
              call->getImplicitObjectArgument()->IgnoreParenImpCasts()) ||
          facts.around<clang::CXXTryStmt>(call, nullptr))
        continue;
      const Body* next = facts.body_of(call->getMethodDecl());
      if (next && next != &body)
        look(*next, facts, via.isValid() ? via : call->getBeginLoc(),
             depth - 1);
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(chan_op_in_destructor, ChanOpInDestructor)

}  // namespace chansan::check
