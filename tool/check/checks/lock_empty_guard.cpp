// lock-empty-guard: a guard that has no lock.
#include "tool/check/check.h"
#include "tool/check/lower/names.h"

namespace chansan::check {
namespace {

class LockEmptyGuard final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies()) look(body.block, facts);
  }

  void look(const clang::Stmt* statement, const Facts& facts) {
    if (!statement || llvm::isa<clang::LambdaExpr>(statement)) return;
    if (const auto* declaration = llvm::dyn_cast<clang::DeclStmt>(statement))
      for (const auto* decl : declaration->decls())
        if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl))
          judge(*variable, facts);
    for (const clang::Stmt* child : statement->children()) look(child, facts);
  }

  void judge(const clang::VarDecl& variable, const Facts& facts) {
    const auto* record = lower::record_of(variable.getType());
    if (!record || lower::named_type_role(record) != TypeRole::kGuard) return;
    const auto* made = llvm::dyn_cast_or_null<clang::CXXConstructExpr>(
        variable.getInit() ? bare(variable.getInit()) : nullptr);
    if (!made || (made->getNumArgs() != 0 && !defers(*made))) return;
    // One that is given a lock later is used.
    if (!facts.uses(&variable).empty()) return;
    report(variable.getLocation(),
           "the guard '" + variable.getNameAsString() + "' " +
               (made->getNumArgs() ? "never locks" : "has no lock") +
               ": it protects nothing");
  }

  static bool defers(const clang::CXXConstructExpr& made) {
    return std::ranges::any_of(made.arguments(), [](const auto* arg) {
      const auto* tag = lower::record_of(arg->getType());
      return tag && lower::qualified_name(tag) == "std::defer_lock_t";
    });
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(lock_empty_guard, LockEmptyGuard)

}  // namespace chansan::check
