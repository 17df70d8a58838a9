// select-no-cancel: an endless loop around a select that nothing ends.
#include "tool/check/check.h"
#include "tool/check/flow.h"

namespace chansan::check {
namespace {

class SelectNoCancel final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns()) {
      if (!spawn.runs || spawn.thread) continue;
      for (const Call* select : spawn.runs->calls)
        if (select->role == Role::kSelect) judge(spawn, *select, facts);
    }
  }

  void judge(const Spawn& spawn, const Call& select, const Facts& facts) {
    const auto* loop = llvm::dyn_cast_or_null<clang::ForStmt>(
        facts.loop_around(select.expr, spawn.runs->block));
    if (!loop || loop->getCond()) return;
    const Flow flow(*spawn.runs, facts.context());
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
