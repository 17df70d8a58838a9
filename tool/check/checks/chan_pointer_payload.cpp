// chan-pointer-payload: the address of a local variable is sent through a
// channel.
#include "tool/check/check.h"
#include "tool/check/lower/names.h"

namespace chansan::check {
namespace {

// A variable that ends with its function, if the expression names one.
const clang::VarDecl* local_of(const clang::Expr* expression) {
  const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(bare(expression));
  const auto* local =
      name ? llvm::dyn_cast<clang::VarDecl>(name->getDecl()) : nullptr;
  const bool ends = local && local->hasLocalStorage() &&
                    !local->getType()->isReferenceType() &&
                    !name->refersToEnclosingVariableOrCapture();
  return ends ? local : nullptr;
}

bool is_named(const clang::NamedDecl* decl,
              std::initializer_list<llvm::StringRef> names) {
  const std::string name = decl ? lower::qualified_name(decl) : "";
  return std::ranges::find(names, name) != names.end();
}

bool owns_what_it_shows(const clang::VarDecl& local) {
  return is_named(lower::record_of(local.getType()),
                  {"std::basic_string", "std::vector", "std::array"});
}

// The local variable that a call's result leads to: c_str(), data(), ref().
const clang::VarDecl* shown_by_call(const clang::CallExpr& call) {
  if (const auto* member = llvm::dyn_cast<clang::CXXMemberCallExpr>(&call)) {
    const auto* local = local_of(member->getImplicitObjectArgument());
    const auto* method = member->getMethodDecl();
    const bool leads =
        method &&
        (method->getDeclName().isIdentifier()
             ? method->getName() == "c_str" || method->getName() == "data"
             : llvm::isa<clang::CXXConversionDecl>(method));
    return local && leads && owns_what_it_shows(*local) ? local : nullptr;
  }
  const bool refers = call.getNumArgs() == 1 &&
                      is_named(call.getDirectCallee(),
                               {"std::ref", "std::cref", "std::addressof"});
  return refers ? local_of(call.getArg(0)) : nullptr;
}

// The local variable whose address, or a view of which, the value is.
const clang::VarDecl* shown_by(const clang::Expr* value, int depth) {
  const clang::Expr* inner = bare(value);
  if (const auto* address = llvm::dyn_cast<clang::UnaryOperator>(inner))
    return address->getOpcode() == clang::UO_AddrOf
               ? local_of(address->getSubExpr())
               : nullptr;
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(inner))
    return shown_by_call(*call);
  const clang::VarDecl* local = local_of(inner);
  if (!local) return nullptr;
  if (local->getType()->isArrayType() && value->getType()->isPointerType())
    return local;
  // A view of it is made where it is sent.
  const auto* view = lower::record_of(value->getType());
  if (owns_what_it_shows(*local) &&
      is_named(view, {"std::basic_string_view", "std::span"}))
    return local;
  // A pointer or a view that it was given to show another one.
  const bool leads = local->getType()->isPointerType() ||
                     is_named(lower::record_of(local->getType()),
                              {"std::basic_string_view", "std::span"});
  return leads && depth > 0 && local->hasInit()
             ? shown_by(local->getInit(), depth - 1)
             : nullptr;
}

class ChanPointerPayload final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies()) {
      if (body.is_main()) continue;
      for (const Call* send : body.calls)
        if ((send->role == Role::kSend || send->role == Role::kSendCase) &&
            !send->args.empty())
          judge(body, *send, facts);
    }
  }

  void judge(const Body& body, const Call& send, const Facts& facts) {
    const bool is_case = send.role == Role::kSendCase;
    if (is_case && send.args.size() < 2) return;
    const auto* local = shown_by(is_case ? send.args[1] : send.args.back(), 1);
    if (!local) return;
    // Something after it may wait for the receiver to be done; the select
    // that a case is of does not.
    const clang::Expr* from = send.expr;
    for (const Call* select : body.calls)
      if (select->role == Role::kSelect && facts.within(from, select->expr))
        from = select->expr;
    if (facts.waits_after(body, from)) return;
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
