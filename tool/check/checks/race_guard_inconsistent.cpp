// race-guard-inconsistent: a member that a lock protects nearly everywhere is
// used without it.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "tool/check/check.h"
#include "tool/check/checks/sections.h"
#include "tool/check/lower/names.h"

namespace chansan::check {
namespace {

struct Use {
  const clang::MemberExpr* expr = nullptr;
  const Body* body = nullptr;
  bool write = false;
  bool open = false;  // from outside of the class
  std::set<const clang::ValueDecl*> held;
};

// Members that change nothing, whatever the object they are called on.
bool only_looks(const clang::CXXMethodDecl& method) {
  if (method.isConst()) return true;
  constexpr llvm::StringLiteral kLooks[] = {
      "begin", "end",         "rbegin",      "rend", "find", "at", "data",
      "front", "lower_bound", "upper_bound", "back", "top",  "get"};
  return method.getDeclName().isIdentifier() &&
         std::ranges::any_of(kLooks, [&](llvm::StringRef name) {
           return name == method.getName();
         });
}

// What a call does to the object that it is a member of, or that its operator
// stands at; nothing if it is an argument.
std::optional<bool> changes(const clang::Stmt* call, const clang::Stmt* child) {
  if (const auto* one = llvm::dyn_cast<clang::CXXMemberCallExpr>(call)) {
    if (one->getCallee() != child || !one->getMethodDecl()) return std::nullopt;
    return !only_looks(*one->getMethodDecl());
  }
  const auto* one = llvm::dyn_cast<clang::CXXOperatorCallExpr>(call);
  if (!one || one->getNumArgs() == 0 || one->getArg(0) != child)
    return std::nullopt;
  if (one->getOperator() == clang::OO_Subscript) {
    // That of a map makes what is not there.
    const auto* record = lower::record_of(one->getArg(0)->getType());
    const std::string name = record ? lower::qualified_name(record) : "";
    return name == "std::map" || name == "std::unordered_map";
  }
  return one->isAssignmentOp() || one->getOperator() == clang::OO_PlusPlus ||
         one->getOperator() == clang::OO_MinusMinus;
}

bool is_write(const clang::Stmt* use, const Facts& facts) {
  const clang::Stmt* child = use;
  for (const auto* up = facts.parent(use); up; up = facts.parent(up)) {
    if (const auto change = changes(up, child)) return *change;
    if (llvm::isa<clang::ParenExpr, clang::MemberExpr>(up) ||
        (llvm::isa<clang::ImplicitCastExpr>(up) &&
         llvm::cast<clang::Expr>(up)->isLValue())) {
      child = up;
      continue;
    }
    if (const auto* set = llvm::dyn_cast<clang::BinaryOperator>(up))
      return set->isAssignmentOp() && set->getLHS() == child;
    if (const auto* set = llvm::dyn_cast<clang::UnaryOperator>(up))
      return set->isIncrementDecrementOp();
    return false;
  }
  return false;
}

// Plain values, and what the standard library has of containers, texts and
// owners: they synchronize nothing themselves.
bool is_plain(clang::QualType type) {
  if (type.isConstQualified()) return false;
  if (type->isScalarType()) return true;
  const auto* record = lower::record_of(type);
  if (!record || !record->isInStdNamespace()) return false;
  const std::string name = lower::qualified_name(record);
  constexpr llvm::StringLiteral kPlain[] = {
      "std::vector",       "std::deque",         "std::list",
      "std::map",          "std::set",           "std::multimap",
      "std::multiset",     "std::unordered_map", "std::unordered_set",
      "std::queue",        "std::stack",         "std::priority_queue",
      "std::basic_string", "std::optional",      "std::shared_ptr",
      "std::unique_ptr",   "std::function",      "std::unordered_multimap"};
  return std::ranges::any_of(kPlain,
                             [&](llvm::StringRef one) { return one == name; });
}

class RaceGuardInconsistent final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    std::map<const clang::FieldDecl*, std::vector<Use>> uses;
    for (const Body& body : facts.bodies()) collect(body, facts, uses);
    for (const auto& [field, all] : uses) judge(*field, all);
  }

  void collect(const Body& body, const Facts& facts,
               std::map<const clang::FieldDecl*, std::vector<Use>>& uses) {
    // An object that is being made or ended has no other users.
    const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(body.function);
    if (!method || method->getParent()->isLambda() ||
        llvm::isa<clang::CXXConstructorDecl, clang::CXXDestructorDecl>(method))
      return;
    const auto sections = sections_of(body, facts);
    visit(body.block, [&](const clang::MemberExpr& member) {
      const auto* field =
          llvm::dyn_cast<clang::FieldDecl>(member.getMemberDecl());
      if (!field ||
          !llvm::isa<clang::CXXThisExpr>(
              member.getBase()->IgnoreParenImpCasts()) ||
          !is_plain(field->getType()))
        return;
      Use use;
      use.expr = &member;
      use.body = &body;
      use.write = is_write(&member, facts);
      use.open = method->getAccess() == clang::AS_public;
      for (const Section& section : sections)
        if (section.place.size() == 2 && (section.covers(&member, facts) ||
                                          is_locked_again(body, member, facts)))
          use.held.insert(section.place.back());
      uses[field].push_back(std::move(use));
    });
  }

  // A guard that was unlocked and locked again holds what it held before.
  static bool is_locked_again(const Body& body, const clang::Stmt& use,
                              const Facts& facts) {
    return std::ranges::any_of(body.calls, [&](const Call* call) {
      const auto* record =
          call->object ? lower::record_of(call->object->getType()) : nullptr;
      return call->role == Role::kLock && record &&
             !llvm::isa<clang::CXXConstructExpr>(call->expr) &&
             lower::named_type_role(record) == TypeRole::kGuard &&
             facts.before(call->expr, &use);
    });
  }

  template <class F>
  static void visit(const clang::Stmt* statement, const F& f) {
    if (!statement || llvm::isa<clang::LambdaExpr>(statement)) return;
    if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(statement))
      f(*member);
    for (const clang::Stmt* child : statement->children()) visit(child, f);
  }

  // Of a member that one function writes, under the lock, its reads before
  // that see what it wrote itself: who calls it is one goroutine, as a rule.
  static bool is_only_writer(const Use& read, const std::vector<Use>& uses) {
    return !read.write && std::ranges::all_of(uses, [&](const Use& use) {
      return !use.write || use.body == read.body;
    });
  }

  // Locked in three of four uses, one of those a write: the rest is forgotten.
  void judge(const clang::FieldDecl& field, const std::vector<Use>& uses) {
    constexpr std::size_t kUsesMin = 4;
    if (uses.size() < kUsesMin) return;
    std::map<const clang::ValueDecl*, std::size_t> locked;
    bool written = false;
    for (const Use& use : uses) {
      for (const auto* lock : use.held) ++locked[lock];
      written = written || (use.write && !use.held.empty());
    }
    for (const auto& [lock, count] : locked) {
      if (!written || count * 4 < uses.size() * 3 || count == uses.size())
        continue;
      const auto first = std::ranges::find_if(
          uses, [&](const Use& use) { return use.held.contains(lock); });
      for (const Use& use : uses)
        if (!use.held.contains(lock) && use.open && use.held.empty() &&
            !is_only_writer(use, uses))
          report(use.expr->getMemberLoc(),
                 "'" + field.getNameAsString() + "' is " +
                     (use.write ? "written" : "read") + " without '" +
                     lock->getNameAsString() + "', which protects it in " +
                     std::to_string(count) + " of " +
                     std::to_string(uses.size()) + " places",
                 {{first->expr->getMemberLoc(), 0, "with the lock, here"}});
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(race_guard_inconsistent, RaceGuardInconsistent)

}  // namespace chansan::check
