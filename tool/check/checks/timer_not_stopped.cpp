// timer-not-stopped: a timer that nobody keeps.
#include "tool/check/check.h"
#include "tool/check/lower/names.h"

namespace chansan::check {
namespace {

class TimerNotStopped final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies()) {
      for (const Call* call : body.calls)
        if (call->role == Role::kAfterFunc && is_dropped(call->expr, facts))
          report(call->at(),
                 "the timer of this after_func() is not kept: it stops at "
                 "once, and its function never runs");
      look(body.block, facts);
    }
  }

  static bool is_dropped(const clang::Stmt* expression, const Facts& facts) {
    const auto* up = facts.parent(expression);
    while (llvm::isa_and_nonnull<clang::ExprWithCleanups,
                                 clang::CXXBindTemporaryExpr,
                                 clang::MaterializeTemporaryExpr>(up))
      up = facts.parent(up);
    const auto* cast = llvm::dyn_cast_or_null<clang::CStyleCastExpr>(up);
    if (cast) up = facts.parent(cast);
    return llvm::isa_and_nonnull<clang::CompoundStmt, clang::IfStmt,
                                 clang::ForStmt, clang::WhileStmt>(up);
  }

  // One on the heap has no scope that stops it.
  void look(const clang::Stmt* statement, const Facts& facts) {
    if (!statement || llvm::isa<clang::LambdaExpr>(statement)) return;
    if (const auto* made = llvm::dyn_cast<clang::CXXNewExpr>(statement)) {
      const auto* record = lower::record_of(made->getAllocatedType());
      const std::string name = record ? lower::qualified_name(record) : "";
      const bool kept = facts.around<clang::DeclStmt, clang::CXXConstructExpr,
                                     clang::ReturnStmt, clang::BinaryOperator>(
                            made, nullptr) != nullptr;
      if ((name == "csp::ticker" || name == "csp::timer") && !kept)
        report(made->getBeginLoc(),
               "nothing can stop this " + name.substr(5) + ": keep it");
    }
    for (const clang::Stmt* child : statement->children()) look(child, facts);
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(timer_not_stopped, TimerNotStopped)

}  // namespace chansan::check
