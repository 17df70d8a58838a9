#include "tool/check/checks/sections.h"

#include <algorithm>

#include "tool/check/lower/names.h"

namespace chansan::check {
namespace {

bool is_unlock(Role role) {
  return role == Role::kUnlock || role == Role::kRUnlock;
}

bool is_native(const clang::Expr* lock) {
  const auto* record = lower::record_of(lock->getType());
  if (record && record->isInStdNamespace()) return true;
  // POSIX threads' functions are given its address.
  const clang::QualType pointee = lock->getType()->getPointeeType();
  return !pointee.isNull() && pointee.getAsString() == "pthread_mutex_t";
}

// The guard's variable, whose block is the section.
const clang::VarDecl* variable_of(const clang::Expr* made, const Facts& facts) {
  for (const clang::Stmt* up = made; up; up = facts.parent(up)) {
    const auto* declaration = llvm::dyn_cast<clang::DeclStmt>(up);
    if (!declaration) continue;
    return declaration->isSingleDecl()
               ? llvm::dyn_cast<clang::VarDecl>(declaration->getSingleDecl())
               : nullptr;
  }
  return nullptr;
}

std::string type_name(const clang::Expr* arg) {
  const auto* record = lower::record_of(arg->getType());
  return record ? lower::qualified_name(record) : "";
}

bool defers(const Call& call) {
  return std::ranges::any_of(call.args, [](const clang::Expr* arg) {
    const std::string name = type_name(arg);
    return name == "std::defer_lock_t" || name == "std::try_to_lock_t";
  });
}

}  // namespace

bool adopts(const clang::Expr* guard) {
  const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(bare(guard));
  return made && std::ranges::any_of(made->arguments(), [](const auto* arg) {
           return type_name(arg) == "std::adopt_lock_t";
         });
}

bool Section::covers(const clang::Stmt* statement, const Facts& facts) const {
  if (!facts.before(lock->expr, statement)) return false;
  if (block && !facts.within(statement, block)) return false;
  return std::ranges::none_of(unlocks, [&](const Call* unlock) {
    if (!facts.before(unlock->expr, statement)) return false;
    // An unlock in a branch that leaves does not end the section for the
    // code behind the branch.
    const clang::Stmt* branch =
        facts.around<clang::IfStmt>(unlock->expr, lock->body->block);
    return !branch || facts.within(statement, branch) ||
           facts.within(lock->expr, branch);
  });
}

std::vector<Section> sections_of(const Body& body, const Facts& facts) {
  std::vector<Section> sections;
  for (const Call* call : body.calls) {
    const bool locks = call->role == Role::kLock || call->role == Role::kRLock;
    if (!locks || !call->object) continue;
    const bool guard = llvm::isa<clang::CXXConstructExpr>(call->expr);
    const auto* record = lower::record_of(call->object->getType());
    const bool on_guard =
        !guard && record && lower::named_type_role(record) == TypeRole::kGuard;
    if (on_guard || (guard && defers(*call))) continue;
    Section section;
    section.lock = call;
    section.place = call->place();
    section.native = is_native(call->object);
    Place handle = section.place;
    if (guard) {
      const auto* variable = variable_of(call->expr, facts);
      if (!variable) continue;  // a temporary
      handle = {variable};
      section.block = facts.around<clang::CompoundStmt>(call->expr, nullptr);
    }
    for (const Call* other : body.calls)
      if (is_unlock(other->role) && other->place() == handle &&
          facts.before(call->expr, other->expr))
        section.unlocks.push_back(other);
    sections.push_back(std::move(section));
  }
  return sections;
}

}  // namespace chansan::check
