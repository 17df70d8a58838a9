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

  // `*c.recv()` in a loop without an end of its own: it meets the close.
  void judge(const Body& body, const Call& recv, const Facts& facts) {
    const auto* loop = facts.loop_around(recv.expr, body.block);
    if (!loop || !is_endless(loop) || !is_dereferenced(recv.expr, facts))
      return;
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

  static bool is_dereferenced(const clang::Stmt* recv, const Facts& facts) {
    for (const auto* up = facts.parent(recv); up; up = facts.parent(up)) {
      if (llvm::isa<clang::MaterializeTemporaryExpr,
                    clang::CXXBindTemporaryExpr, clang::ImplicitCastExpr,
                    clang::ParenExpr>(up))
        continue;
      const auto* star = llvm::dyn_cast<clang::CXXOperatorCallExpr>(up);
      return star && star->getOperator() == clang::OO_Star;
    }
    return false;
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(chan_recv_unchecked, ChanRecvUnchecked)

}  // namespace chansan::check
