// race-double-checked-init: a flag is tested without the lock that it is set
// with.
#include "tool/check/check.h"
#include "tool/check/checks/sections.h"

namespace chansan::check {
namespace {

// The place that a condition tests to be null or false.
Place tested(const clang::Expr* condition) {
  const clang::Expr* inner = bare(condition);
  if (const auto* negated = llvm::dyn_cast<clang::UnaryOperator>(inner);
      negated && negated->getOpcode() == clang::UO_LNot)
    return place_of(bare(negated->getSubExpr()));
  const auto* compared = llvm::dyn_cast<clang::BinaryOperator>(inner);
  if (compared && compared->getOpcode() == clang::BO_EQ)
    return place_of(bare(compared->getLHS()));
  return {};
}

bool is_plain_and_shared(const Place& place) {
  if (place.empty() || !place.back()) return false;
  const clang::QualType type = place.back()->getType();
  if (!type->isPointerType() && !type->isIntegralOrEnumerationType())
    return false;
  if (type.isVolatileQualified()) return false;
  const auto* variable = llvm::dyn_cast<clang::VarDecl>(place.back());
  return !variable || (variable->hasGlobalStorage() &&
                       variable->getTLSKind() == clang::VarDecl::TLS_None);
}

class RaceDoubleCheckedInit final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies())
      for (const Section& section : sections_of(body, facts)) {
        const auto* outer = llvm::dyn_cast_or_null<clang::IfStmt>(
            facts.around<clang::IfStmt>(section.lock->expr, body.block));
        if (outer && !facts.within(section.lock->expr, outer->getCond()))
          judge(*outer, section, facts);
      }
  }

  void judge(const clang::IfStmt& outer, const Section& section,
             const Facts& facts) {
    const Place place = tested(outer.getCond());
    if (!is_plain_and_shared(place)) return;
    // Tested again with the lock: that is what the pattern is.
    const clang::Stmt* again = find_test(outer.getThen(), place);
    if (!again || !section.covers(again, facts)) return;
    report(outer.getCond()->getBeginLoc(),
           "'" + place.back()->getNameAsString() +
               "' is tested without the lock that it is written with: make "
               "it a std::atomic, or use std::call_once",
           {{section.lock->at(), 0, "the lock"}});
  }

  static const clang::Stmt* find_test(const clang::Stmt* statement,
                                      const Place& place) {
    if (!statement) return nullptr;
    const auto* branch = llvm::dyn_cast<clang::IfStmt>(statement);
    if (branch && tested(branch->getCond()) == place) return branch;
    for (const clang::Stmt* child : statement->children())
      if (const auto* found = find_test(child, place)) return found;
    return nullptr;
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(race_double_checked_init, RaceDoubleCheckedInit)

}  // namespace chansan::check
