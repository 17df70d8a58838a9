// go-arg-dangling-temp: a goroutine gets the address of a temporary.
#include "tool/check/check.h"
#include "tool/check/lower/names.h"

namespace chansan::check {
namespace {

bool is_temporary(const clang::Expr* expression) {
  expression = expression->IgnoreParenImpCasts();
  return llvm::isa<clang::MaterializeTemporaryExpr>(expression) ||
         expression->isPRValue();
}

// c_str() and the like of a temporary string.
bool is_part_of_temporary(const clang::Expr* expression) {
  const auto* call = llvm::dyn_cast<clang::CXXMemberCallExpr>(
      expression->IgnoreUnlessSpelledInSource());
  const auto* method = call ? call->getMethodDecl() : nullptr;
  if (!method || !method->getDeclName().isIdentifier()) return false;
  const llvm::StringRef name = method->getName();
  if (name != "c_str" && name != "data") return false;
  const auto* record = method->getParent();
  const std::string owner = lower::qualified_name(record);
  return (owner == "std::basic_string" || owner == "std::vector") &&
         is_temporary(call->getImplicitObjectArgument());
}

class GoArgDanglingTemp final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns()) {
      if (spawn.call->role == Role::kWgGo) continue;
      for (const clang::Expr* arg : spawn.call->args) judge(spawn, *arg);
      if (!spawn.lambda) continue;
      for (const clang::Expr* init : spawn.lambda->capture_inits())
        if (init && is_part_of_temporary(init)) tell(*init);
    }
  }

  void judge(const Spawn&, const clang::Expr& arg) {
    if (is_part_of_temporary(&arg)) {
      tell(arg);
      return;
    }
    // std::ref takes no temporaries; a view of one it does.
    const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(bare(&arg));
    const auto* record = made ? lower::record_of(made->getType()) : nullptr;
    if (record && made->getNumArgs() > 0 &&
        lower::qualified_name(record) == "std::basic_string_view" &&
        is_part_of_temporary(made->getArg(0)))
      tell(arg);
  }

  void tell(const clang::Expr& arg) {
    report(arg.getBeginLoc(),
           "the goroutine gets the address of a temporary, which ends with "
           "this statement; hand over the object");
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(go_arg_dangling_temp, GoArgDanglingTemp)

}  // namespace chansan::check
