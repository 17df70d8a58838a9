// chan-pointer-payload: the address of a local variable is sent through a
// channel.
#include "tool/check/check.h"

namespace chansan::check {
namespace {

class ChanPointerPayload final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies()) {
      if (body.is_main()) continue;
      for (const Call* send : body.calls)
        if (send->role == Role::kSend && !send->args.empty())
          judge(body, *send, facts);
    }
  }

  void judge(const Body& body, const Call& send, const Facts& facts) {
    const auto* address =
        llvm::dyn_cast<clang::UnaryOperator>(bare(send.args.back()));
    if (!address || address->getOpcode() != clang::UO_AddrOf) return;
    const auto* name =
        llvm::dyn_cast<clang::DeclRefExpr>(bare(address->getSubExpr()));
    const auto* local =
        name ? llvm::dyn_cast<clang::VarDecl>(name->getDecl()) : nullptr;
    if (!local || !local->hasLocalStorage() ||
        local->getType()->isReferenceType() ||
        name->refersToEnclosingVariableOrCapture())
      return;
    // Something after it may wait for the receiver to be done.
    if (facts.waits_after(body, send.expr)) return;
    report(send.at(),
           "the address of the local variable '" + local->getNameAsString() +
               "' is sent, and nothing waits for the receiver before it goes "
               "out of scope; send the value",
           {{local->getLocation(), 0, "it is declared here"}});
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(chan_pointer_payload, ChanPointerPayload)

}  // namespace chansan::check
