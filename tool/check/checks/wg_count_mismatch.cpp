// wg-count-mismatch: a constant count that is not the number of goroutines
// started.
#include <optional>

#include "tool/check/check.h"

namespace chansan::check {
namespace {

// How often a constant loop runs; nothing if it is not one.
std::optional<std::int64_t> turns_of(const clang::Stmt* loop,
                                     clang::ASTContext& context) {
  const auto* counted = llvm::dyn_cast_or_null<clang::ForStmt>(loop);
  if (!counted || !counted->getCond()) return std::nullopt;
  const auto* condition = llvm::dyn_cast<clang::BinaryOperator>(
      counted->getCond()->IgnoreParenImpCasts());
  const auto* declared =
      llvm::dyn_cast_or_null<clang::DeclStmt>(counted->getInit());
  const auto* step =
      llvm::dyn_cast_or_null<clang::UnaryOperator>(counted->getInc());
  if (!condition || condition->getOpcode() != clang::BO_LT || !declared ||
      !declared->isSingleDecl() || !step || !step->isIncrementOp())
    return std::nullopt;
  const auto* variable =
      llvm::dyn_cast<clang::VarDecl>(declared->getSingleDecl());
  clang::Expr::EvalResult first, last;
  if (!variable || !variable->getInit() ||
      !variable->getInit()->EvaluateAsInt(first, context) ||
      !condition->getRHS()->EvaluateAsInt(last, context))
    return std::nullopt;
  return last.Val.getInt().getExtValue() - first.Val.getInt().getExtValue();
}

class WgCountMismatch final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies())
      for (const Call* add : body.calls)
        if (add->role == Role::kWgAdd && !add->place().empty())
          judge(body, *add, facts);
  }

  void judge(const Body& body, const Call& add, const Facts& facts) {
    const auto* group = add.place().size() == 1
                            ? llvm::dyn_cast<clang::VarDecl>(add.place()[0])
                            : nullptr;
    clang::Expr::EvalResult count;
    if (!group || !group->hasLocalStorage() || add.args.empty() ||
        !bare(add.args[0])->EvaluateAsInt(count, facts.context()) ||
        facts.around<clang::IfStmt, clang::ForStmt, clang::WhileStmt,
                     clang::CXXForRangeStmt>(add.expr, body.block))
      return;
    // Every use must be one of those that are counted here.
    std::int64_t started = 0;
    std::size_t counted = 1;
    for (const Call* call : body.calls) {
      if (call->place() != add.place() || call == &add) continue;
      if (call->role != Role::kWgWait) return;
      ++counted;
    }
    for (const Spawn* spawn : body.spawns) {
      if (!spawn->runs) continue;
      std::size_t dones = 0;
      for (const Call* call : spawn->runs->calls)
        if (call->role == Role::kWgDone && call->place() == add.place()) {
          // How often it is done is not the number of goroutines.
          if (facts.loop_around(call->expr, spawn->runs->block)) return;
          ++dones;
        }
      if (dones == 0) continue;
      if (dones > 1 ||
          facts.around<clang::IfStmt>(spawn->call->expr, body.block))
        return;
      counted += 1;
      const clang::Stmt* loop =
          facts.loop_around(spawn->call->expr, body.block);
      if (loop && facts.loop_around(loop, body.block)) return;
      const auto turns = loop ? turns_of(loop, facts.context())
                              : std::optional<std::int64_t>(1);
      if (!turns) return;
      started += *turns;
    }
    std::size_t uses = 0;
    for (const auto* use : facts.uses(group))
      uses += !llvm::isa_and_nonnull<clang::LambdaExpr>(facts.parent(use));
    const std::int64_t added = count.Val.getInt().getExtValue();
    if (started == 0 || uses != counted || started == added) return;
    report(add.at(), "add(" + std::to_string(added) + ") for " +
                         std::to_string(started) +
                         " goroutines that call done(): " +
                         (added > started ? "the wait never ends"
                                          : "the counter becomes negative"));
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(wg_count_mismatch, WgCountMismatch)

}  // namespace chansan::check
