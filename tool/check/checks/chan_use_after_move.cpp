// chan-use-after-move: a variable is used after it was moved into a channel.
#include "tool/check/check.h"
#include "tool/check/flow.h"
#include "tool/check/lower/names.h"

namespace chansan::check {
namespace {

const clang::VarDecl* moved_variable(const clang::Expr* sent) {
  const auto* call = llvm::dyn_cast<clang::CallExpr>(bare(sent));
  const auto* callee = call ? call->getDirectCallee() : nullptr;
  if (!callee || call->getNumArgs() != 1 ||
      lower::qualified_name(callee) != "std::move")
    return nullptr;
  const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(bare(call->getArg(0)));
  return name ? llvm::dyn_cast<clang::VarDecl>(name->getDecl()) : nullptr;
}

// Also by a select's case: what is not chosen is destroyed.
const clang::Expr* sent_by(const Call& call) {
  if (call.role == Role::kSendCase && call.args.size() >= 2)
    return call.args[1];
  return call.role == Role::kSend && !call.args.empty() ? call.args.back()
                                                        : nullptr;
}

class ChanUseAfterMove final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies())
      for (const Call* send : body.calls)
        if (const auto* sent = sent_by(*send))
          if (const auto* moved = moved_variable(sent))
            judge(body, *send, *moved, facts);
  }

  void judge(const Body& body, const Call& send, const clang::VarDecl& moved,
             const Facts& facts) {
    const auto names_it = [&](const clang::Stmt* statement) {
      const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(statement);
      return name && name->getDecl() == &moved;
    };
    const auto assigns = [&](const clang::Stmt* statement) {
      if (const auto* set = llvm::dyn_cast<clang::BinaryOperator>(statement))
        return set->isAssignmentOp() && names_it(bare(set->getLHS()));
      if (const auto* set =
              llvm::dyn_cast<clang::CXXOperatorCallExpr>(statement))
        return set->getOperator() == clang::OO_Equal &&
               names_it(bare(set->getArg(0)));
      if (const auto* declared = llvm::dyn_cast<clang::DeclStmt>(statement))
        return declared->isSingleDecl() && declared->getSingleDecl() == &moved;
      const auto* call = llvm::dyn_cast<clang::CXXMemberCallExpr>(statement);
      const auto* method = call ? call->getMethodDecl() : nullptr;
      return method && method->getDeclName().isIdentifier() &&
             (method->getName() == "clear" || method->getName() == "reset" ||
              method->getName() == "assign") &&
             names_it(bare(call->getImplicitObjectArgument()));
    };
    const auto reads = [&](const clang::Stmt* statement) {
      if (!names_it(statement)) return false;
      // Named to be set anew.
      for (const auto* up = facts.parent(statement); up;
           up = facts.parent(up)) {
        if (assigns(up)) return false;
        if (!llvm::isa<clang::Expr>(up)) break;
      }
      return true;
    };
    const Flow flow(body, facts.context());
    const clang::Stmt* use = flow.find(send.expr, reads, assigns);
    if (!use) return;
    report(use->getBeginLoc(),
           "'" + moved.getNameAsString() +
               "' is used after it was moved into the channel",
           {{send.at(), 0, "it is sent here"}});
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(chan_use_after_move, ChanUseAfterMove)

}  // namespace chansan::check
