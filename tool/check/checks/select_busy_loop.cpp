// select-busy-loop: an endless loop around a select whose default does
// nothing. It never waits: it burns a processor until a case is ready.
#include "clang/ASTMatchers/ASTMatchers.h"
#include "tool/check/check.h"
#include "tool/check/lower/roles.h"

namespace chansan::check {
namespace {

using lower::Role;

class SelectBusyLoop final : public Check {
 public:
  using Check::Check;

  void registerMatchers(clang::ast_matchers::MatchFinder* finder) override {
    using namespace clang::ast_matchers;
    finder->addMatcher(forStmt(unless(hasCondition(expr()))).bind("loop"),
                       this);
    finder->addMatcher(
        whileStmt(hasCondition(cxxBoolLiteral(equals(true)))).bind("loop"),
        this);
  }

  void check(
      const clang::ast_matchers::MatchFinder::MatchResult& match) override {
    const auto* loop = match.Nodes.getNodeAs<clang::Stmt>("loop");
    Found found;
    look(loop, found);
    if (!found.idle_default || found.waits) return;
    report(found.idle_default->getExprLoc(),
           "this default makes the loop spin while no case is ready; leave it "
           "out to wait, or yield in it");
  }

 private:
  struct Found {
    const clang::CallExpr* idle_default = nullptr;
    bool waits = false;  // or calls what may wait
  };

  // Function literals are what cases run: only the default's matters.
  void look(const clang::Stmt* statement, Found& found) {
    if (!statement || llvm::isa<clang::LambdaExpr>(statement)) return;
    if (const auto* call = llvm::dyn_cast<clang::CallExpr>(statement))
      judge(*call, found);
    // A guard waits for its lock.
    if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(statement))
      found.waits = found.waits || lower::named_type_role(
                                       made->getConstructor()->getParent()) ==
                                       lower::TypeRole::kGuard;
    for (const clang::Stmt* child : statement->children()) look(child, found);
  }

  void judge(const clang::CallExpr& call, Found& found) {
    const clang::FunctionDecl* callee = call.getDirectCallee();
    const Role role = callee ? roles_.of(callee) : Role::kNone;
    switch (role) {
      case Role::kSelect:
      case Role::kRecvCase:
      case Role::kSendCase:
      case Role::kForward:
        return;
      case Role::kDefaultCase:
        if (call.getNumArgs() == 0 || is_empty(call.getArg(0)))
          found.idle_default = &call;
        else
          found.waits = true;
        return;
      default:
        found.waits = found.waits || !is_operator(call);
        return;
    }
  }

  static bool is_operator(const clang::CallExpr& call) {
    const auto* callee = call.getDirectCallee();
    return callee && (callee->isConstexpr() ||
                      llvm::isa<clang::CXXConversionDecl>(callee));
  }

  static bool is_empty(const clang::Expr* action) {
    const auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(
        action->IgnoreUnlessSpelledInSource());
    if (!lambda) return false;
    const auto* body = llvm::dyn_cast<clang::CompoundStmt>(lambda->getBody());
    return body && body->body_empty();
  }

  lower::Roles roles_;
};

}  // namespace

CHANSAN_REGISTER_CHECK(select_busy_loop, SelectBusyLoop)

}  // namespace chansan::check
