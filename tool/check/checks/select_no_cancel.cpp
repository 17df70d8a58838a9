// select-no-cancel: an endless loop around a select that nothing ends.
#include "tool/check/check.h"
#include "tool/check/checks/spawns.h"
#include "tool/check/flow.h"

namespace chansan::check {
namespace {

class SelectNoCancel final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns()) {
      const Body* body = spawn.thread ? nullptr : started(spawn, facts);
      if (!body) continue;
      for (const Call* select : body->calls)
        if (select->role == Role::kSelect) judge(spawn, *body, *select, facts);
    }
  }

  static bool is_endless(const clang::Stmt* loop) {
    if (const auto* counted = llvm::dyn_cast_or_null<clang::ForStmt>(loop))
      return !counted->getCond();
    const auto* whiles = llvm::dyn_cast_or_null<clang::WhileStmt>(loop);
    const auto* always =
        whiles
            ? llvm::dyn_cast<clang::CXXBoolLiteralExpr>(bare(whiles->getCond()))
            : nullptr;
    return always && always->getValue();
  }

  void judge(const Spawn& spawn, const Body& body, const Call& select,
             const Facts& facts) {
    if (!is_endless(facts.loop_around(select.expr, body.block))) return;
    const Flow flow(body, facts.context());
    if (flow.leaves(select.expr, [](const clang::Stmt*) { return false; }))
      return;
    report(select.at(),
           "no case of this select ends the goroutine's loop: it can never "
           "be stopped; add a stop channel or a context",
           {{spawn.call->at(), 0, "the goroutine is started here"}});
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(select_no_cancel, SelectNoCancel)

}  // namespace chansan::check
