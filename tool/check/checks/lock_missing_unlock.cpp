// lock-missing-unlock: a way out of a function on which a lock stays locked.
#include <algorithm>

#include "tool/check/check.h"
#include "tool/check/checks/sections.h"
#include "tool/check/flow.h"

namespace chansan::check {
namespace {

class LockMissingUnlock final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies()) {
      for (const Section& section : sections_of(body, facts)) {
        // A function that never unlocks may lock for its caller.
        if (section.block || section.place.empty() || section.unlocks.empty())
          continue;
        if (is_correlated(section, facts)) continue;
        judge(body, section, facts);
      }
    }
  }

  void judge(const Body& body, const Section& section, const Facts& facts) {
    const Flow flow(body, facts.context());
    const auto unlocks = [&](const clang::Stmt* statement) {
      return std::ranges::any_of(section.unlocks, [&](const Call* unlock) {
        return unlock->expr == statement;
      });
    };
    const bool all = std::ranges::any_of(body.calls, [&](const Call* call) {
      // Unlocked by a guard that adopts it, or by a condition's wait.
      return llvm::isa<clang::CXXConstructExpr>(call->expr) &&
             call->place() == section.place;
    });
    if (all) return;
    // An exception that this function catches leaves nothing.
    const clang::Stmt* way_out = flow.find(
        section.lock->expr,
        [&](const clang::Stmt* statement) {
          return llvm::isa<clang::CXXThrowExpr>(statement) &&
                 !facts.around<clang::CXXTryStmt>(statement, body.block);
        },
        unlocks);
    if (!way_out) {
      if (!flow.leaves(section.lock->expr, unlocks)) return;
      way_out = flow.find(
          section.lock->expr,
          [](const clang::Stmt* statement) {
            return llvm::isa<clang::ReturnStmt>(statement);
          },
          unlocks);
    }
    report(section.lock->at(),
           "a way out of this function leaves " +
               spelled(section.lock->object, "the lock") +
               " locked; use a lock_guard",
           {{way_out ? way_out->getBeginLoc() : body.function->getEndLoc(), 0,
             "it is still locked here"}});
  }

  // Both in branches: on the same condition, as far as can be seen.
  static bool is_correlated(const Section& section, const Facts& facts) {
    const auto conditional = [&](const Call* call) {
      return facts.around<clang::IfStmt, clang::ConditionalOperator>(
                 call->expr, call->body->block) != nullptr;
    };
    return conditional(section.lock) &&
           std::ranges::any_of(section.unlocks, conditional);
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(lock_missing_unlock, LockMissingUnlock)

}  // namespace chansan::check
