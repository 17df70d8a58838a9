// block-no-yield-loop: a loop in a goroutine that never lets others run.
#include <algorithm>

#include "tool/check/check.h"

namespace chansan::check {
namespace {

class BlockNoYieldLoop final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns())
      if (spawn.runs && !spawn.thread) look(spawn.runs->block, spawn, facts);
  }

  void look(const clang::Stmt* statement, const Spawn& spawn,
            const Facts& facts) {
    if (!statement || llvm::isa<clang::LambdaExpr>(statement)) return;
    const auto* loop = llvm::dyn_cast<clang::WhileStmt>(statement);
    const auto* counted = llvm::dyn_cast<clang::ForStmt>(statement);
    const bool endless = loop || (counted && !counted->getInc());
    if (endless && !calls_out(statement, *spawn.runs, facts))
      report(statement->getBeginLoc(),
             "this loop never lets another goroutine run: yield in it",
             {{spawn.call->at(), 0, "the goroutine is started here"}});
    for (const clang::Stmt* child : statement->children())
      look(child, spawn, facts);
  }

  // Atomic operations do not wait.
  static bool calls_out(const clang::Stmt* loop, const Body& body,
                        const Facts& facts) {
    const auto inside = [&](const clang::Expr* expr) {
      return facts.within(expr, loop);
    };
    return std::ranges::any_of(body.others, inside) ||
           std::ranges::any_of(body.calls, [&](const Call* call) {
             const bool atomic = call->role >= Role::kAtomicLoad &&
                                 call->role <= Role::kAtomicCompare;
             return !atomic && inside(call->expr);
           });
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(block_no_yield_loop, BlockNoYieldLoop)

}  // namespace chansan::check
