// wg-add-in-goroutine: a goroutine whose first act is wait_group::add(). The
// wait can run before the goroutine does, see zero, and return too early.
#include "clang/ASTMatchers/ASTMatchers.h"
#include "clang/Lex/Lexer.h"
#include "tool/check/check.h"
#include "tool/check/checks/spawns.h"

namespace chansan::check {
namespace {

// Whether a block has the call as a statement of its own.
bool is_statement(const clang::Expr& call, clang::ASTContext& context) {
  clang::DynTypedNode node = clang::DynTypedNode::create(call);
  for (;;) {
    const auto parents = context.getParents(node);
    if (parents.size() != 1) return false;
    if (parents[0].get<clang::CompoundStmt>()) return true;
    if (!parents[0].get<clang::FullExpr>()) return false;
    node = parents[0];
  }
}

// The add(), before the goroutine is started. It must mean the same there: a
// captured variable by its own name, and a number.
std::vector<clang::FixItHint> fix_of(const clang::CallExpr& spawn,
                                     const clang::CXXMemberCallExpr& add,
                                     const clang::Expr* group,
                                     clang::ASTContext& context) {
  const auto* name = llvm::dyn_cast_or_null<clang::DeclRefExpr>(group);
  const auto* variable =
      name ? llvm::dyn_cast<clang::VarDecl>(name->getDecl()) : nullptr;
  if (!variable || variable->isInitCapture() || spawn.getBeginLoc().isMacroID())
    return {};
  for (const clang::Expr* arg : add.arguments())
    if (!llvm::isa<clang::CXXDefaultArgExpr>(arg) &&
        !llvm::isa<clang::IntegerLiteral>(arg->IgnoreParenImpCasts()))
      return {};
  if (!is_statement(spawn, context)) return {};
  const auto& sources = context.getSourceManager();
  const auto& language = context.getLangOpts();
  const clang::SourceLocation end = clang::Lexer::findLocationAfterToken(
      add.getEndLoc(), clang::tok::semi, sources, language, false);
  if (end.isInvalid()) return {};
  const llvm::StringRef text = clang::Lexer::getSourceText(
      clang::CharSourceRange::getTokenRange(add.getSourceRange()), sources,
      language);
  const auto column_of = [&](clang::SourceLocation at) {
    return sources.getSpellingColumnNumber(at);
  };
  // With the line, if it stands there by itself. Clang takes a blank more of
  // what is removed altogether, so the next line's are put back.
  const clang::SourceLocation line = add.getBeginLoc().getLocWithOffset(
      1 - static_cast<int>(column_of(add.getBeginLoc())));
  const llvm::StringRef before(sources.getCharacterData(line),
                               column_of(add.getBeginLoc()) - 1);
  const llvm::StringRef after(sources.getCharacterData(end));
  const bool alone = before.trim().empty() && after.starts_with("\n");
  const llvm::StringRef blanks =
      alone ? after.drop_front().take_while([](char c) { return c == ' '; })
            : llvm::StringRef();
  const auto removed = clang::CharSourceRange::getCharRange(
      alone ? line : add.getBeginLoc(),
      end.getLocWithOffset(static_cast<int>(alone ? 1 + blanks.size() : 0)));
  return {clang::FixItHint::CreateInsertion(
              spawn.getBeginLoc(),
              text.str() + ";\n" +
                  std::string(column_of(spawn.getBeginLoc()) - 1, ' ')),
          clang::FixItHint::CreateReplacement(removed, blanks)};
}

class WgAddInGoroutine final : public Check {
 public:
  using Check::Check;

  void registerMatchers(clang::ast_matchers::MatchFinder* finder) override {
    using namespace clang::ast_matchers;
    finder->addMatcher(callExpr(callee(functionDecl())).bind("call"), this);
  }

  void check(
      const clang::ast_matchers::MatchFinder::MatchResult& match) override {
    const auto* spawn = match.Nodes.getNodeAs<clang::CallExpr>("call");
    const clang::LambdaExpr* body = spawned_lambda(*spawn, roles_);
    if (!body) return;
    const auto* block = llvm::dyn_cast<clang::CompoundStmt>(body->getBody());
    if (!block || block->body_empty()) return;
    // A later add() may count a grandchild, which is right: silent.
    const auto* first = llvm::dyn_cast<clang::Expr>(block->body_front());
    const auto* add =
        first
            ? llvm::dyn_cast<clang::CXXMemberCallExpr>(first->IgnoreImplicit())
            : nullptr;
    if (!add || !add->getMethodDecl() ||
        roles_.of(add->getMethodDecl()) != lower::Role::kWgAdd)
      return;
    // Of a wait group of its own it is the goroutine's affair.
    const auto* object = llvm::dyn_cast<clang::DeclRefExpr>(
        add->getImplicitObjectArgument()->IgnoreParenImpCasts());
    if (object && !object->refersToEnclosingVariableOrCapture() &&
        !llvm::cast<clang::VarDecl>(object->getDecl())->hasGlobalStorage())
      return;
    report(add->getExprLoc(),
           "add() as a goroutine's first act: wait() may run before it and "
           "return too early; call add() before the goroutine is started",
           {{spawn->getBeginLoc(), 0, "the goroutine is started here"}},
           fix_of(*spawn, *add, object, *match.Context));
  }

 private:
  lower::Roles roles_;
};

}  // namespace

CHANSAN_REGISTER_CHECK(wg_add_in_goroutine, WgAddInGoroutine)

}  // namespace chansan::check
