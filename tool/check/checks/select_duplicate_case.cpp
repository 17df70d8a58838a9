// select-duplicate-case: two cases of one select receive from the same
// channel. Which of the two runs is chance: one of them names the wrong one.
#include <map>

#include "clang/ASTMatchers/ASTMatchers.h"
#include "tool/check/check.h"
#include "tool/check/lower/roles.h"

namespace chansan::check {
namespace {

using lower::Role;

class SelectDuplicateCase final : public Check {
 public:
  using Check::Check;

  void registerMatchers(clang::ast_matchers::MatchFinder* finder) override {
    using namespace clang::ast_matchers;
    finder->addMatcher(callExpr(callee(functionDecl())).bind("select"), this);
  }

  void check(
      const clang::ast_matchers::MatchFinder::MatchResult& match) override {
    const auto* select = match.Nodes.getNodeAs<clang::CallExpr>("select");
    const auto* callee = select->getDirectCallee();
    if (!callee || roles_.of(callee) != Role::kSelect) return;
    std::map<Place, const clang::Expr*> received;
    const clang::Expr* idle = nullptr;
    for (const clang::Expr* arg : select->arguments()) {
      const auto* one =
          llvm::dyn_cast<clang::CallExpr>(arg->IgnoreUnlessSpelledInSource());
      if (!one || !one->getDirectCallee()) continue;
      const Role role = roles_.of(one->getDirectCallee());
      if (role == Role::kDefaultCase) {
        if (idle)
          report(one->getExprLoc(),
                 "a second default of this select, which throws",
                 {{idle->getExprLoc(), 0, "the first is here"}});
        idle = one;
      }
      if (role != Role::kRecvCase || one->getNumArgs() == 0) continue;
      const auto [channel, name] = named(one->getArg(0));
      if (channel.empty()) continue;
      const auto [entry, is_new] = received.try_emplace(channel, one);
      if (is_new) continue;
      report(one->getExprLoc(),
             "a second case of this select receives from " + name,
             {{entry->second->getExprLoc(), 0, "the first is here"}});
    }
  }

 private:
  // A channel that has a name, or what a named context's done() returns.
  std::pair<Place, std::string> named(const clang::Expr* channel) {
    const clang::Expr* inner = bare(channel);
    if (const auto* call = llvm::dyn_cast<clang::CXXMemberCallExpr>(inner)) {
      const auto* method = call->getMethodDecl();
      if (!method || roles_.of(method) != Role::kContextDone) return {};
      const auto* context = call->getImplicitObjectArgument();
      Place place = place_of(context);
      if (!place.empty()) place.push_back(method);
      return {place, "the done() of " + spelled(context, "the context")};
    }
    if (!llvm::isa<clang::DeclRefExpr, clang::MemberExpr>(inner)) return {};
    return {place_of(inner), spelled(inner, "the channel")};
  }

  lower::Roles roles_;
};

}  // namespace

CHANSAN_REGISTER_CHECK(select_duplicate_case, SelectDuplicateCase)

}  // namespace chansan::check
