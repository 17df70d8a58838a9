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
    const bool is_waited_for = body.is_main() || is_joined(spawn, facts);
    for (const KeptReference& kept : kept_references(spawn)) {
      const clang::Stmt* scope = inner_scope_of(*kept.variable, spawn, facts);
      if (scope ? !ends_before(scope, spawn, facts) : is_waited_for) continue;
      const std::string where = scope ? "block" : "function";
      report(kept.at,
             "the goroutine keeps a reference to '" +
                 kept.variable->getNameAsString() + "', and nothing in this " +
                 where + " waits for it; capture by value",
             {{kept.variable->getLocation(), 0,
               "it ends with the " + where + " that declares it here"}});
      return;
    }
  }

  // A variable of a block within the function ends with that block; who waits
  // at the end of the function waits too late. What a loop declares is
  // race-loop-var-capture's.
  static bool ends_before(const clang::Stmt* scope, const Spawn& spawn,
                          const Facts& facts) {
    return llvm::isa<clang::CompoundStmt>(scope) &&
           !waits_in(scope, spawn, facts);
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
