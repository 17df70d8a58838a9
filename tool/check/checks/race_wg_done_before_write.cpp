// race-wg-done-before-write: a goroutine writes what it shares after its
// done().
#include "tool/check/check.h"
#include "tool/check/checks/spawns.h"
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
      const Body* body = started(spawn, facts);
      if (!body || spawn.call->role == Role::kWgGo) continue;
      for (const Call* done : body->calls)
        if (done->role == Role::kWgDone) judge(spawn, *body, *done, facts);
    }
  }

  void judge(const Spawn& spawn, const Body& body, const Call& done,
             const Facts& facts) {
    const Flow flow(body, facts.context());
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
    return target && is_shared(target);
  }

  // Elements and members are their object's affair.
  static bool is_shared(const clang::Expr* target) {
    target = bare(target);
    if (target->getType().isConstQualified()) return false;
    if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(target)) {
      const clang::Expr* base = bare(member->getBase());
      return llvm::isa<clang::CXXThisExpr>(base) ||
             (!member->isArrow() && is_shared(base));
    }
    if (const auto* element = llvm::dyn_cast<clang::ArraySubscriptExpr>(target))
      return bare(element->getBase())->getType()->isArrayType() &&
             is_shared(element->getBase());
    if (const auto* element =
            llvm::dyn_cast<clang::CXXOperatorCallExpr>(target))
      return element->getOperator() == clang::OO_Subscript &&
             is_container(element->getArg(0)->getType()) &&
             is_shared(element->getArg(0));
    const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(target);
    const auto* variable =
        name ? llvm::dyn_cast<clang::VarDecl>(name->getDecl()) : nullptr;
    if (!variable || variable->isInitCapture()) return false;
    // What a literal has by value is its own: those are const, or mutable
    // copies that nobody else sees.
    return name->refersToEnclosingVariableOrCapture() ||
           (llvm::isa<clang::ParmVarDecl>(variable) &&
            variable->getType()->isLValueReferenceType());
  }

  static bool is_container(clang::QualType type) {
    const auto* record = lower::record_of(type);
    const TypeRole role =
        record ? lower::named_type_role(record) : TypeRole::kScalar;
    return role == TypeRole::kSequence || role == TypeRole::kMap;
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(race_wg_done_before_write, RaceWgDoneBeforeWrite)

}  // namespace chansan::check
