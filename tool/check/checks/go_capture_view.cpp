// go-capture-view: a goroutine keeps a view of what its starter does not own.
#include "tool/check/check.h"
#include "tool/check/lower/names.h"

namespace chansan::check {
namespace {

bool is_view(clang::QualType type) {
  const auto* record = lower::record_of(type);
  const std::string name = record ? lower::qualified_name(record) : "";
  return name == "std::basic_string_view" || name == "std::span";
}

class GoCaptureView final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns())
      if (spawn.lambda && spawn.call->role != Role::kAsync &&
          spawn.call->role != Role::kWgGo)
        judge(spawn, facts);
  }

  void judge(const Spawn& spawn, const Facts& facts) {
    const Body& body = *spawn.call->body;
    if (body.is_main() || facts.waits_after(body, spawn.call->expr)) return;
    if (spawn.thread && !body.has({Role::kDetach})) return;
    const auto* init = spawn.lambda->capture_init_begin();
    for (const clang::LambdaCapture& capture : spawn.lambda->captures()) {
      const clang::Expr* from = *init++;
      if (!capture.capturesVariable() ||
          capture.getCaptureKind() != clang::LCK_ByCopy)
        continue;
      const auto* variable =
          llvm::dyn_cast<clang::VarDecl>(capture.getCapturedVar());
      if (!variable || !is_view(variable->getType())) continue;
      if (is_literal(*variable, from)) continue;
      report(capture.getLocation(),
             "the goroutine keeps '" + variable->getNameAsString() +
                 "', a view of what this function does not own, and nothing "
                 "waits for it; copy what it shows");
      return;
    }
  }

  // A view of a string literal, which lives for ever.
  static bool is_literal(const clang::VarDecl& variable,
                         const clang::Expr* from) {
    const clang::Expr* init = variable.isInitCapture() ? from
                              : variable.hasInit()     ? variable.getInit()
                                                       : nullptr;
    if (!init || llvm::isa<clang::ParmVarDecl>(&variable)) return false;
    const clang::Expr* shown = bare(init);
    if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(shown);
        made && made->getNumArgs() > 0)
      shown = bare(made->getArg(0));
    return llvm::isa<clang::StringLiteral, clang::UserDefinedLiteral>(shown);
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(go_capture_view, GoCaptureView)

}  // namespace chansan::check
