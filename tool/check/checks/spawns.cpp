#include "tool/check/checks/spawns.h"

#include <algorithm>

namespace chansan::check {

const clang::LambdaExpr* spawned_lambda(const clang::CallExpr& call,
                                        lower::Roles& roles) {
  const clang::FunctionDecl* callee = call.getDirectCallee();
  if (!callee || call.getNumArgs() == 0) return nullptr;
  const lower::Role role = roles.of(callee);
  if (role != lower::Role::kSpawn && role != lower::Role::kWgGo) return nullptr;
  // go(stack_size, f, args...) has the function in second place.
  const clang::CXXRecordDecl* first =
      call.getArg(0)->getType()->getAsCXXRecordDecl();
  const bool sized =
      first && first->getQualifiedNameAsString() == "csp::stack_size";
  if (sized && call.getNumArgs() < 2) return nullptr;
  return llvm::dyn_cast<clang::LambdaExpr>(
      call.getArg(sized ? 1 : 0)->IgnoreUnlessSpelledInSource());
}

const Body* started(const Spawn& spawn, const Facts& facts) {
  if (spawn.runs) return spawn.runs;
  if (spawn.lambda) return nullptr;
  for (const clang::Expr* arg : spawn.call->args) {
    const clang::Expr* function = bare(arg);
    if (const auto* address = llvm::dyn_cast<clang::UnaryOperator>(function))
      function = bare(address->getSubExpr());
    const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(function);
    const auto* named =
        name ? llvm::dyn_cast<clang::FunctionDecl>(name->getDecl()) : nullptr;
    if (named) return facts.body_of(named);
  }
  return nullptr;
}

std::vector<const Body*> run_by(const Spawn& spawn, const Facts& facts) {
  std::vector<const Body*> bodies;
  if (const Body* first = started(spawn, facts)) bodies.push_back(first);
  for (std::size_t i = 0; i < bodies.size(); ++i)
    for (const clang::Expr* other : bodies[i]->others) {
      const auto* call = llvm::cast<clang::CallExpr>(other);
      const Body* next = facts.body_of(call->getDirectCallee());
      if (next && std::ranges::find(bodies, next) == bodies.end())
        bodies.push_back(next);
    }
  return bodies;
}

}  // namespace chansan::check
