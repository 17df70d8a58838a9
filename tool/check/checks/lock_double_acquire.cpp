// lock-double-acquire: a goroutine waits for a lock that it holds itself.
#include <set>

#include "tool/check/check.h"
#include "tool/check/checks/misuses.h"
#include "tool/check/checks/sections.h"
#include "tool/check/lower/names.h"

namespace chansan::check {
namespace {

class LockDoubleAcquire final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    for (const model::Misuse& misuse : outcomes.misuses) {
      if (misuse.kind != model::Misuse::Kind::kDoubleLock) continue;
      if (const Facts* unit = facts())
        shown_.insert(unit->line(analysis().location(misuse.site)));
      report(analysis().location(misuse.site),
             "deadlock: this locks " + misuse.object +
                 " again, which goroutine " + std::to_string(misuse.goroutine) +
                 " holds already",
             misuse_story(misuse, "the lock that it still holds", analysis()));
    }
  }

  // Members that call each other with their own object's lock held, of which
  // no object need be in sight.
  void judge_source(const Facts& facts) override {
    for (const Body& body : facts.bodies())
      for (const Section& outer : sections_of(body, facts))
        if (is_of_this(outer) && is_certain(outer, facts))
          for (const clang::Expr* other : body.others)
            if (outer.covers(other, facts))
              enter(outer, *other, body.block, facts, 3);
  }

  static bool is_of_this(const Section& section) {
    return section.place.size() == 2 && !section.place[0] &&
           !lower::is_recursive(lower::record_of(section.place[1]->getType()));
  }

  static bool is_shared(const Section& section) {
    const auto* guard =
        llvm::dyn_cast<clang::CXXConstructExpr>(section.lock->expr);
    return section.lock->role == Role::kRLock ||
           (guard &&
            lower::is_shared_guard(guard->getConstructor()->getParent()));
  }

  // Whoever comes to the lock's block takes the lock.
  static bool is_certain(const Section& section, const Facts& facts) {
    return !is_conditional(
        section.lock->expr,
        section.block ? section.block : section.lock->body->block, facts);
  }

  static bool is_conditional(const clang::Expr* expr, const clang::Stmt* top,
                             const Facts& facts) {
    return facts.around<clang::IfStmt, clang::SwitchStmt, clang::CXXTryStmt,
                        clang::ConditionalOperator, clang::BinaryOperator>(
               expr, top) != nullptr;
  }

  // `from`: the block of the function that the call stands in.
  void enter(const Section& outer, const clang::Expr& expr,
             const clang::Stmt* from, const Facts& facts, int depth) {
    const auto* call = llvm::dyn_cast<clang::CXXMemberCallExpr>(&expr);
    const auto* method = call ? call->getMethodDecl() : nullptr;
    if (!method || method->isVirtual() || depth == 0 ||
        is_conditional(call, from, facts) ||
        !llvm::isa<clang::CXXThisExpr>(
            call->getImplicitObjectArgument()->IgnoreParenImpCasts()))
      return;
    const Body* body = facts.body_of(method);
    if (!body || unlocks(*body, outer)) return;
    for (const Section& inner : sections_of(*body, facts)) {
      const bool reads = is_shared(inner) && is_shared(outer);
      if (inner.place == outer.place && !reads && is_first(inner, *body, facts))
        tell(outer, *call, inner, facts);
    }
    for (const clang::Expr* other : body->others)
      enter(outer, *other, body->block, facts, depth - 1);
  }

  static bool unlocks(const Body& body, const Section& outer) {
    return std::ranges::any_of(body.calls, [&](const Call* call) {
      return (call->role == Role::kUnlock || call->role == Role::kRUnlock) &&
             call->place() == outer.place;
    });
  }

  // Taken whatever the function is given: no test stands before it.
  static bool is_first(const Section& inner, const Body& body,
                       const Facts& facts) {
    if (is_conditional(inner.lock->expr, body.block, facts)) return false;
    return std::ranges::none_of(body.block->children(), [&](const auto* child) {
      return child && llvm::isa<clang::IfStmt, clang::SwitchStmt>(child) &&
             facts.before(child, inner.lock->expr);
    });
  }

  void tell(const Section& outer, const clang::CXXMemberCallExpr& call,
            const Section& inner, const Facts& facts) {
    const clang::SourceLocation at = inner.lock->at();
    if (!shown_.insert(facts.line(at)).second) return;
    report(at,
           "deadlock: this locks " + spelled(inner.lock->object, "the lock") +
               " again, which the caller holds already",
           {{outer.lock->at(), 0, "it is locked here"},
            {call.getExprLoc(), 0, "and this is called with it held"}});
  }

  // The lines of what was told.
  std::set<unsigned> shown_;
};

}  // namespace

CHANSAN_REGISTER_CHECK(lock_double_acquire, LockDoubleAcquire)

}  // namespace chansan::check
