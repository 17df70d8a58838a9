// go-big-frame: a goroutine has a large local variable.
#include <set>

#include "tool/check/check.h"

namespace chansan::check {
namespace {

// A goroutine's stack grows by touch, from a slice of this size.
constexpr std::uint64_t kFrameMax = 64 * 1024;

class GoBigFrame final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns()) {
      if (spawn.thread) continue;
      if (spawn.runs) look(spawn.runs->block, spawn, facts, 3);
    }
  }

  void look(const clang::Stmt* statement, const Spawn& spawn,
            const Facts& facts, int depth) {
    if (!statement || llvm::isa<clang::LambdaExpr>(statement)) return;
    if (const auto* declared = llvm::dyn_cast<clang::DeclStmt>(statement))
      for (const auto* decl : declared->decls())
        if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl))
          judge(*variable, spawn, facts);
    if (const auto* call = llvm::dyn_cast<clang::CallExpr>(statement);
        call && depth > 0)
      if (const Body* next = facts.body_of(call->getDirectCallee()))
        look(next->block, spawn, facts, depth - 1);
    for (const clang::Stmt* child : statement->children())
      look(child, spawn, facts, depth);
  }

  void judge(const clang::VarDecl& variable, const Spawn& spawn,
             const Facts& facts) {
    const clang::QualType type = variable.getType();
    if (!variable.hasLocalStorage() || type->isReferenceType() ||
        type->isDependentType() || type->isIncompleteType() ||
        !type->isConstantSizeType())
      return;
    const auto size = static_cast<std::uint64_t>(
        facts.context().getTypeSizeInChars(type).getQuantity());
    if (size <= kFrameMax || !told_.insert(&variable).second) return;
    report(variable.getLocation(),
           "'" + variable.getNameAsString() + "' takes " +
               std::to_string(size / 1024) +
               " KiB of a goroutine's stack; put it on the heap",
           {{spawn.call->at(), 0, "the goroutine is started here"}});
  }

  std::set<const clang::VarDecl*> told_;
};

}  // namespace

CHANSAN_REGISTER_CHECK(go_big_frame, GoBigFrame)

}  // namespace chansan::check
