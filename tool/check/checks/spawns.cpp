#include "tool/check/checks/spawns.h"

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

}  // namespace chansan::check
