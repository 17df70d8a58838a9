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
    finder->addMatcher(whileStmt().bind("loop"), this);
    finder->addMatcher(doStmt().bind("loop"), this);
  }

  void check(
      const clang::ast_matchers::MatchFinder::MatchResult& match) override {
    const auto* loop = match.Nodes.getNodeAs<clang::Stmt>("loop");
    if (!goes_on(loop)) return;
    Found found;
    look(loop, found);
    if (!found.idle_default || found.waits) return;
    // What else the loop does when nothing was ready may be to end.
    if (ends_by_default(loop)) return;
    report(found.idle_default->getExprLoc(),
           "this default makes the loop spin while no case is ready; leave it "
           "out to wait, or yield in it");
  }

 private:
  struct Found {
    const clang::CallExpr* idle_default = nullptr;
    bool waits = false;  // or calls what may wait
  };

  // Whether the loop is endless, or goes on until a flag is set: one that
  // counts ends by itself.
  static bool goes_on(const clang::Stmt* loop) {
    const clang::Expr* condition = nullptr;
    if (const auto* one = llvm::dyn_cast<clang::WhileStmt>(loop))
      condition = one->getCond();
    else if (const auto* other = llvm::dyn_cast<clang::DoStmt>(loop))
      condition = other->getCond();
    if (!condition) return true;
    const clang::Expr* inner = bare(condition);
    if (const auto* literal = llvm::dyn_cast<clang::CXXBoolLiteralExpr>(inner))
      return literal->getValue();
    const auto* negated = llvm::dyn_cast<clang::UnaryOperator>(inner);
    if (!negated || negated->getOpcode() != clang::UO_LNot) return false;
    inner = bare(negated->getSubExpr());
    return llvm::isa<clang::DeclRefExpr, clang::MemberExpr>(inner) &&
           inner->getType()->isBooleanType();
  }

  // The index of the case that ran, or -1, as the loop tests it: whether what
  // it does after the default leads out of the loop.
  bool ends_by_default(const clang::Stmt* statement) {
    if (!statement || llvm::isa<clang::LambdaExpr>(statement)) return false;
    if (const auto* test = llvm::dyn_cast<clang::IfStmt>(statement)) {
      const auto* compared =
          llvm::dyn_cast<clang::BinaryOperator>(bare(test->getCond()));
      if (compared && is_select(compared->getLHS())) {
        const bool on_index = compared->getOpcode() == clang::BO_EQ &&
                              is_index(compared->getRHS());
        return leads_out(on_index ? test->getElse() : test);
      }
    }
    if (const auto* test = llvm::dyn_cast<clang::SwitchStmt>(statement);
        test && is_select(test->getCond()))
      return std::ranges::any_of(test->getBody()->children(), leads_out_last);
    if (const auto* kept = llvm::dyn_cast<clang::DeclStmt>(statement);
        kept && kept->isSingleDecl()) {
      const auto* index = llvm::dyn_cast<clang::VarDecl>(kept->getSingleDecl());
      if (index && index->hasInit() && is_select(index->getInit())) return true;
    }
    return std::ranges::any_of(statement->children(), [&](const auto* child) {
      return ends_by_default(child);
    });
  }

  bool is_select(const clang::Expr* value) {
    const auto* call = llvm::dyn_cast<clang::CallExpr>(bare(value));
    const auto* callee = call ? call->getDirectCallee() : nullptr;
    return callee && roles_.of(callee) == Role::kSelect;
  }

  static bool is_index(const clang::Expr* value) {
    return llvm::isa<clang::IntegerLiteral>(bare(value));
  }

  // `case -1:` or `default:` whose first statement is a way out.
  static bool leads_out_last(const clang::Stmt* label) {
    const auto* one = llvm::dyn_cast_or_null<clang::SwitchCase>(label);
    const auto* named = llvm::dyn_cast_or_null<clang::CaseStmt>(label);
    return one && (!named || !is_index(named->getLHS())) &&
           !llvm::isa<clang::BreakStmt>(one->getSubStmt()) &&
           leads_out(one->getSubStmt());
  }

  static bool leads_out(const clang::Stmt* statement) {
    if (!statement || llvm::isa<clang::LambdaExpr>(statement)) return false;
    if (llvm::isa<clang::BreakStmt, clang::ReturnStmt, clang::GotoStmt,
                  clang::CXXThrowExpr>(statement))
      return true;
    const auto* set = llvm::dyn_cast<clang::BinaryOperator>(statement);
    if (set && set->isAssignmentOp()) return true;
    return std::ranges::any_of(statement->children(), leads_out);
  }

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
        if (call.getNumArgs() == 0 || is_idle(call.getArg(0)))
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

  // It does nothing, or counts.
  static bool is_idle(const clang::Expr* action) {
    const auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(
        action->IgnoreUnlessSpelledInSource());
    if (!lambda) return false;
    const auto* body = llvm::dyn_cast<clang::CompoundStmt>(lambda->getBody());
    return body && std::ranges::all_of(body->body(), [](const auto* statement) {
             const auto* one = llvm::dyn_cast<clang::UnaryOperator>(statement);
             return one && one->isIncrementDecrementOp();
           });
  }

  lower::Roles roles_;
};

}  // namespace

CHANSAN_REGISTER_CHECK(select_busy_loop, SelectBusyLoop)

}  // namespace chansan::check
