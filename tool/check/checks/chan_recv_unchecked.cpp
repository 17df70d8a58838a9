// chan-recv-unchecked: the value of a receive is taken although the channel may
// be closed.
#include <set>

#include "tool/check/check.h"

namespace chansan::check {
namespace {

class ChanRecvUnchecked final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    std::set<Place> closed;
    for (const Body& body : facts.bodies())
      for (const Call* call : body.calls)
        if (call->role == Role::kClose && !call->place().empty())
          closed.insert({call->place().back()});
    for (const Body& body : facts.bodies())
      for (const Call* call : body.calls)
        if (call->role == Role::kRecv && !call->place().empty() &&
            closed.contains({call->place().back()}))
          judge(body, *call, facts);
  }

  // `*c.recv()` and the like in a loop without an end of its own: it meets the
  // close.
  void judge(const Body& body, const Call& recv, const Facts& facts) {
    const auto* loop = facts.loop_around(recv.expr, body.block);
    if (!loop || !is_endless(loop) || !is_dereferenced(recv, facts)) return;
    report(recv.at(),
           "the value of this receive is taken unseen, and " +
               spelled(recv.object, "the channel") +
               " is closed somewhere: then there is none; range over it");
  }

  static bool is_endless(const clang::Stmt* loop) {
    if (const auto* counted = llvm::dyn_cast<clang::ForStmt>(loop))
      return !counted->getCond();
    const auto* condition = llvm::isa<clang::WhileStmt>(loop)
                                ? llvm::cast<clang::WhileStmt>(loop)->getCond()
                                : nullptr;
    const auto* constant =
        condition ? llvm::dyn_cast<clang::CXXBoolLiteralExpr>(bare(condition))
                  : nullptr;
    return constant && constant->getValue();
  }

  // Past what the program does not spell.
  static const clang::Stmt* user_of(const clang::Stmt* value,
                                    const Facts& facts) {
    const auto* up = facts.parent(value);
    while (llvm::isa_and_nonnull<
           clang::MaterializeTemporaryExpr, clang::CXXBindTemporaryExpr,
           clang::ImplicitCastExpr, clang::ParenExpr, clang::ExprWithCleanups>(
        up))
      up = facts.parent(up);
    return up;
  }

  // *value, value->member
  static bool is_opened(const clang::Stmt* value, const Facts& facts) {
    const auto* opens = llvm::dyn_cast_or_null<clang::CXXOperatorCallExpr>(
        user_of(value, facts));
    return opens && (opens->getOperator() == clang::OO_Star ||
                     opens->getOperator() == clang::OO_Arrow);
  }

  static bool is_dereferenced(const Call& recv, const Facts& facts) {
    if (is_opened(recv.expr, facts)) return true;
    const auto* user = user_of(recv.expr, facts);
    // c >> value; of which nobody asks whether there was one.
    if (llvm::isa<clang::CXXOperatorCallExpr>(recv.expr))
      return llvm::isa_and_nonnull<clang::CompoundStmt, clang::ForStmt,
                                   clang::WhileStmt>(user);
    const auto* declared = llvm::dyn_cast_or_null<clang::DeclStmt>(user);
    const auto* variable =
        declared && declared->isSingleDecl()
            ? llvm::dyn_cast<clang::VarDecl>(declared->getSingleDecl())
            : nullptr;
    if (!variable || variable->getType()->isReferenceType()) return false;
    const auto& uses = facts.uses(variable);
    return !uses.empty() && std::ranges::all_of(uses, [&](const auto* use) {
      return is_opened(use, facts);
    });
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(chan_recv_unchecked, ChanRecvUnchecked)

}  // namespace chansan::check
