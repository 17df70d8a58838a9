// select-single-case: a select with a single case.
#include "tool/check/check.h"

namespace chansan::check {
namespace {

class SelectSingleCase final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies())
      for (const Call* call : body.calls) {
        if (call->role != Role::kSelect || call->args.size() != 1) continue;
        const auto* one = llvm::dyn_cast<clang::CallExpr>(bare(call->args[0]));
        const auto* callee = one ? one->getDirectCallee() : nullptr;
        const Role role = callee ? facts.roles().of(callee) : Role::kNone;
        if (role != Role::kRecvCase && role != Role::kSendCase) continue;
        report(call->at(), std::string("a select of one case is a plain ") +
                               (role == Role::kRecvCase ? "receive" : "send") +
                               "; or is a case missing?");
      }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(select_single_case, SelectSingleCase)

}  // namespace chansan::check
