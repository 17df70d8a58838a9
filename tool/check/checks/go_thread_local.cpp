// go-thread-local: a thread_local is used before and after a goroutine may be
// parked.
#include <algorithm>
#include <set>

#include "tool/check/check.h"
#include "tool/check/checks/spawns.h"

namespace chansan::check {
namespace {

class GoThreadLocal final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    std::set<const Body*> judged;
    for (const Spawn& spawn : facts.spawns()) {
      if (spawn.thread) continue;
      for (const Body* body : run_by(spawn, facts))
        if (judged.insert(body).second) look(body->block, *body, facts);
    }
  }

  void look(const clang::Stmt* statement, const Body& body,
            const Facts& facts) {
    if (!statement || llvm::isa<clang::LambdaExpr>(statement)) return;
    if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(statement)) {
      const auto* variable = llvm::dyn_cast<clang::VarDecl>(name->getDecl());
      if (variable && variable->getTLSKind() != clang::VarDecl::TLS_None)
        judge(*name, body, facts);
    }
    for (const clang::Stmt* child : statement->children())
      look(child, body, facts);
  }

  // Used after a place where the goroutine may have changed its thread.
  void judge(const clang::DeclRefExpr& use, const Body& body,
             const Facts& facts) {
    const clang::DeclRefExpr* earlier = nullptr;
    for (const auto* other : facts.uses(use.getDecl()))
      if (other != &use && facts.within(other, body.block) &&
          facts.before(other, &use))
        earlier = other;
    if (!earlier) return;
    for (const Call* call : body.calls) {
      const bool parks =
          std::ranges::find(kParks, call->role) != kParks.end() ||
          call->role == Role::kYield || call->role == Role::kLock;
      if (!parks || !facts.before(earlier, call->expr) ||
          !facts.before(call->expr, &use))
        continue;
      report(use.getLocation(),
             "'" + use.getDecl()->getNameAsString() +
                 "' belongs to the OS thread, and the goroutine may have "
                 "changed it since its last use",
             {{earlier->getLocation(), 0, "the last use"},
              {call->at(), 0, "it may be parked here"}});
      return;
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(go_thread_local, GoThreadLocal)

}  // namespace chansan::check
