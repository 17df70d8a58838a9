// race-mixed-atomic: an atomic is read and written back in two operations.
#include <algorithm>

#include "tool/check/check.h"
#include "tool/check/checks/sections.h"
#include "tool/check/lower/names.h"

namespace chansan::check {
namespace {

// Who asks for no order of the read, of a value that is then written, says that
// nobody else writes: the counters and indices of one writer.
bool is_relaxed(const clang::CallExpr& load) {
  return std::ranges::any_of(load.arguments(), [](const clang::Expr* arg) {
    const auto* order = llvm::dyn_cast<clang::DeclRefExpr>(bare(arg));
    if (!order || !order->getDecl()->getDeclName().isIdentifier()) return false;
    const llvm::StringRef name = order->getDecl()->getName();
    return name == "memory_order_relaxed" || name == "relaxed";
  });
}

// The atomic that an expression reads; empty if it reads none.
Place atomic_read(const clang::Stmt* statement, const Facts& facts) {
  if (!statement) return {};
  if (const auto* call = llvm::dyn_cast<clang::CXXMemberCallExpr>(statement)) {
    const auto* callee = call->getDirectCallee();
    const auto* record =
        lower::record_of(bare(call->getImplicitObjectArgument())->getType());
    const bool atomic =
        record && lower::named_type_role(record) == TypeRole::kAtomic;
    if (atomic && callee && !is_relaxed(*call) &&
        (facts.roles().of(callee) == Role::kAtomicLoad ||
         llvm::isa<clang::CXXConversionDecl>(callee)))
      return place_of(call->getImplicitObjectArgument());
  }
  for (const clang::Stmt* child : statement->children())
    if (Place place = atomic_read(child, facts); !place.empty()) return place;
  return {};
}

// The same, also where a variable of the function was given what was read.
Place atomic_behind(const clang::Expr& value, const Facts& facts) {
  if (Place place = atomic_read(&value, facts); !place.empty()) return place;
  const auto* sum = llvm::dyn_cast<clang::BinaryOperator>(bare(&value));
  for (const auto* side : {sum->getLHS(), sum->getRHS()}) {
    const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(bare(side));
    const auto* variable =
        name ? llvm::dyn_cast<clang::VarDecl>(name->getDecl()) : nullptr;
    if (variable && variable->hasLocalStorage() && variable->hasInit())
      if (Place place = atomic_read(variable->getInit(), facts); !place.empty())
        return place;
  }
  return {};
}

// `a = a + n` is `a += n`, in one operation.
std::vector<clang::FixItHint> fix_of(const clang::CXXOperatorCallExpr& set,
                                     const Place& place, const Facts& facts) {
  using Op = clang::BinaryOperatorKind;
  const auto* sum = llvm::dyn_cast<clang::BinaryOperator>(bare(set.getArg(1)));
  const std::initializer_list<Op> known = {
      clang::BO_Add, clang::BO_Sub, clang::BO_And, clang::BO_Or, clang::BO_Xor};
  const bool one_step =
      sum && std::ranges::find(known, sum->getOpcode()) != known.end() &&
      atomic_read(sum->getLHS(), facts) == place &&
      !llvm::isa<clang::BinaryOperator>(bare(sum->getLHS())) &&
      atomic_read(sum->getRHS(), facts).empty();
  if (!one_step || set.getOperatorLoc().isMacroID() ||
      sum->getOperatorLoc().isMacroID())
    return {};
  // Brackets around the sum would stay.
  if (set.getArg(1)->IgnoreImplicit() != sum) return {};
  return {clang::FixItHint::CreateReplacement(
      clang::SourceRange(set.getOperatorLoc(), sum->getOperatorLoc()),
      sum->getOpcodeStr().str() + "=")};
}

class RaceMixedAtomic final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies()) {
      for (const Call* call : body.calls)
        if (call->role == Role::kAtomicStore && call->object &&
            !call->args.empty() && !is_locked(call->expr, body, facts))
          judge(*call->object, *call->args[0], call->at(), facts);
      for (const clang::Expr* other : body.others) {
        const auto* set = llvm::dyn_cast<clang::CXXOperatorCallExpr>(other);
        if (!set || set->getOperator() != clang::OO_Equal ||
            set->getNumArgs() != 2)
          continue;
        const auto* record = lower::record_of(bare(set->getArg(0))->getType());
        if (record && lower::named_type_role(record) == TypeRole::kAtomic &&
            !is_locked(set, body, facts))
          judge(*set->getArg(0), *set->getArg(1), set->getBeginLoc(), facts,
                fix_of(*set, place_of(set->getArg(0)), facts));
      }
    }
  }

  // Who writes with a lock held is alone: the others only read.
  static bool is_locked(const clang::Expr* write, const Body& body,
                        const Facts& facts) {
    return std::ranges::any_of(
        sections_of(body, facts),
        [&](const Section& section) { return section.covers(write, facts); });
  }

  void judge(const clang::Expr& target, const clang::Expr& value,
             clang::SourceLocation at, const Facts& facts,
             llvm::ArrayRef<clang::FixItHint> fixes = {}) {
    const Place place = place_of(&target);
    const auto* sum = llvm::dyn_cast<clang::BinaryOperator>(bare(&value));
    if (place.empty() || !sum) return;
    if (atomic_behind(value, facts) != place) return;
    report(at,
           spelled(&target, "the atomic") +
               " is read and then written: what another goroutine writes "
               "between is lost; use fetch_add() or a compare-exchange loop",
           {}, fixes);
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(race_mixed_atomic, RaceMixedAtomic)

}  // namespace chansan::check
