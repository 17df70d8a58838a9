// race-wg-done-before-write: a goroutine writes what it shares after its
// done().
#include "tool/check/check.h"
#include "tool/check/flow.h"
#include "tool/check/lower/names.h"

namespace chansan::check {
namespace {

class RaceWgDoneBeforeWrite final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns()) {
      if (!spawn.runs || spawn.call->role == Role::kWgGo) continue;
      for (const Call* done : spawn.runs->calls)
        if (done->role == Role::kWgDone) judge(spawn, *done, facts);
    }
  }

  void judge(const Spawn& spawn, const Call& done, const Facts& facts) {
    const Flow flow(*spawn.runs, facts.context());
    const clang::Stmt* write = flow.find(
        done.expr, [](const clang::Stmt* s) { return writes_shared(s); },
        [](const clang::Stmt* statement) {
          // Ordered by something else, perhaps.
          return llvm::isa<clang::CXXConstructExpr>(statement) &&
                 is_guard(*llvm::cast<clang::CXXConstructExpr>(statement));
        });
    if (!write) return;
    report(write->getBeginLoc(),
           "this write comes after done(): who waits may read before it",
           {{done.at(), 0, "done() is called here"},
            {spawn.call->at(), 0, "the goroutine is started here"}});
  }

  static bool is_guard(const clang::CXXConstructExpr& made) {
    return lower::named_type_role(made.getConstructor()->getParent()) ==
           TypeRole::kGuard;
  }

  static bool writes_shared(const clang::Stmt* statement) {
    const clang::Expr* target = nullptr;
    if (const auto* set = llvm::dyn_cast<clang::BinaryOperator>(statement);
        set && set->isAssignmentOp())
      target = set->getLHS();
    if (const auto* set = llvm::dyn_cast<clang::UnaryOperator>(statement);
        set && set->isIncrementDecrementOp())
      target = set->getSubExpr();
    const auto* name =
        target ? llvm::dyn_cast<clang::DeclRefExpr>(bare(target)) : nullptr;
    if (!name || !name->refersToEnclosingVariableOrCapture()) return false;
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(name->getDecl());
    // What a literal has by value is its own: those are const, or mutable
    // copies that nobody else sees.
    return variable && !variable->isInitCapture() &&
           !name->getType().isConstQualified();
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(race_wg_done_before_write, RaceWgDoneBeforeWrite)

}  // namespace chansan::check
