// go-capture-ref-escape: a goroutine keeps a reference to a local variable of a
// function that does not wait for it.
#include <algorithm>

#include "tool/check/check.h"
#include "tool/check/checks/spawns.h"

namespace chansan::check {
namespace {

class GoCaptureRefEscape final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns())
      if (spawn.lambda && spawn.call->role != Role::kAsync) judge(spawn, facts);
  }

  void judge(const Spawn& spawn, const Facts& facts) {
    const Body& body = *spawn.call->body;
    // What main declares lives as long as the program; a literal that is run
    // in place is its maker's affair.
    if (body.lambda && !body.started_by) return;
    judge_inner(spawn, facts);
    if (body.is_main() || is_joined(spawn, facts)) return;
    for (const clang::LambdaCapture& capture : spawn.lambda->captures()) {
      if (!capture.capturesVariable() ||
          capture.getCaptureKind() != clang::LCK_ByRef)
        continue;
      const auto* variable =
          llvm::dyn_cast<clang::VarDecl>(capture.getCapturedVar());
      if (!variable || !is_own(*variable, body) ||
          inner_scope_of(*variable, spawn, facts))
        continue;
      report(capture.getLocation(),
             "the goroutine keeps a reference to '" +
                 variable->getNameAsString() +
                 "', and nothing in this function waits for it; capture by "
                 "value",
             {{variable->getLocation(), 0,
               "it ends with the function that declares it here"}});
      return;
    }
  }

  static bool is_own(const clang::VarDecl& variable, const Body& body) {
    return variable.hasLocalStorage() &&
           !variable.getType()->isReferenceType() &&
           variable.getDeclContext() == body.function;
  }

  // A variable of a block within the function ends with that block; who waits
  // at the end of the function waits too late.
  void judge_inner(const Spawn& spawn, const Facts& facts) {
    for (const clang::LambdaCapture& capture : spawn.lambda->captures()) {
      if (!capture.capturesVariable() ||
          capture.getCaptureKind() != clang::LCK_ByRef)
        continue;
      const auto* variable =
          llvm::dyn_cast<clang::VarDecl>(capture.getCapturedVar());
      if (!variable || !is_own(*variable, *spawn.call->body)) continue;
      const auto* block = llvm::dyn_cast_or_null<clang::CompoundStmt>(
          inner_scope_of(*variable, spawn, facts));
      if (!block || waits_in(block, spawn, facts)) continue;
      report(capture.getLocation(),
             "the goroutine keeps a reference to '" +
                 variable->getNameAsString() +
                 "', and nothing in this block waits for it; capture by value",
             {{variable->getLocation(), 0,
               "it ends with the block that declares it here"}});
      return;
    }
  }

  static bool is_joined(const Spawn& spawn, const Facts& facts) {
    const Body& body = *spawn.call->body;
    if (facts.waits_after(body, spawn.call->expr)) return true;
    const auto* loop = facts.loop_around(spawn.call->expr, body.block);
    if (loop && body.has(kJoins)) return true;
    // A thread that is not detached is joined, or ends the program.
    if (!spawn.thread) return spawn.call->role == Role::kWgGo;
    return !std::ranges::any_of(body.calls, [](const Call* call) {
      return call->role == Role::kDetach;
    });
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(go_capture_ref_escape, GoCaptureRefEscape)

}  // namespace chansan::check
