// ctx-not-propagated: a function that is given a context uses the background.
#include <algorithm>

#include "tool/check/check.h"
#include "tool/check/lower/names.h"

namespace chansan::check {
namespace {

class CtxNotPropagated final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies()) {
      const bool given = std::ranges::any_of(
          body.function->parameters(), [](const clang::ParmVarDecl* parameter) {
            const auto* record = lower::record_of(parameter->getType());
            return record &&
                   lower::named_type_role(record) == TypeRole::kContext;
          });
      if (!given) continue;
      for (const Call* call : body.calls)
        if (call->role == Role::kBackground)
          report(call->at(),
                 "this function is given a context and uses background(): "
                 "what it starts cannot be cancelled with it");
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(ctx_not_propagated, CtxNotPropagated)

}  // namespace chansan::check
