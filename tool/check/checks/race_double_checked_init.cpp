// race-double-checked-init: a flag is tested without the lock that it is set
// with.
#include "tool/check/check.h"
#include "tool/check/checks/sections.h"
#include "tool/check/lower/names.h"

namespace chansan::check {
namespace {

// What a condition tests, and whether it holds while that is not made yet.
struct Tested {
  Place place;
  bool empty = false;
};

bool is_empty_value(const clang::Expr* value) {
  return llvm::isa<clang::CXXNullPtrLiteralExpr, clang::GNUNullExpr>(value) ||
         (llvm::isa<clang::CXXBoolLiteralExpr>(value) &&
          !llvm::cast<clang::CXXBoolLiteralExpr>(value)->getValue()) ||
         (llvm::isa<clang::IntegerLiteral>(value) &&
          llvm::cast<clang::IntegerLiteral>(value)->getValue() == 0);
}

Tested compared(const clang::Expr* left, const clang::Expr* right, bool same) {
  left = bare(left);
  right = bare(right);
  if (is_empty_value(left)) std::swap(left, right);
  return {place_of(left), same == is_empty_value(right)};
}

Tested tested(const clang::Expr* condition) {
  const clang::Expr* inner = bare(condition);
  if (const auto* negated = llvm::dyn_cast<clang::UnaryOperator>(inner);
      negated && negated->getOpcode() == clang::UO_LNot) {
    const Tested other = tested(negated->getSubExpr());
    return {other.place, !other.empty};
  }
  if (const auto* two = llvm::dyn_cast<clang::BinaryOperator>(inner);
      two && two->isEqualityOp())
    return compared(two->getLHS(), two->getRHS(),
                    two->getOpcode() == clang::BO_EQ);
  if (const auto* two =
          llvm::dyn_cast<clang::CXXRewrittenBinaryOperator>(inner);
      two &&
      (two->getOpcode() == clang::BO_EQ || two->getOpcode() == clang::BO_NE))
    return compared(two->getLHS(), two->getRHS(),
                    two->getOpcode() == clang::BO_EQ);
  if (const auto* two = llvm::dyn_cast<clang::CXXOperatorCallExpr>(inner);
      two && two->getNumArgs() == 2 &&
      (two->getOperator() == clang::OO_EqualEqual ||
       two->getOperator() == clang::OO_ExclaimEqual))
    return compared(two->getArg(0), two->getArg(1),
                    two->getOperator() == clang::OO_EqualEqual);
  if (const auto* call = llvm::dyn_cast<clang::CXXMemberCallExpr>(inner)) {
    const auto* method = call->getMethodDecl();
    const bool asks = method && (llvm::isa<clang::CXXConversionDecl>(method) ||
                                 (method->getDeclName().isIdentifier() &&
                                  method->getName() == "has_value"));
    return {asks ? place_of(call->getImplicitObjectArgument()) : Place{},
            false};
  }
  return {place_of(inner), false};
}

// Objects that are empty until they are given what they hold.
bool is_slot(clang::QualType type) {
  const auto* record = lower::record_of(type);
  const std::string name = record ? lower::qualified_name(record) : "";
  return name == "std::unique_ptr" || name == "std::shared_ptr" ||
         name == "std::optional";
}

bool is_plain_and_shared(const Place& place) {
  if (place.empty() || !place.back()) return false;
  const clang::QualType type = place.back()->getType();
  if (!type->isPointerType() && !type->isIntegralOrEnumerationType() &&
      !is_slot(type))
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
        if (outer && !facts.within(section.lock->expr, outer->getCond()) &&
            facts.within(section.lock->expr, outer->getThen()))
          judge(*outer, true, outer->getThen(), section, facts);
        else if (!outer)
          judge_before(body, section, facts);
      }
  }

  // if (made) return it; lock; if (!made) make it.
  void judge_before(const Body& body, const Section& section,
                    const Facts& facts) {
    for (const clang::Stmt* statement : body.block->children()) {
      const auto* test = llvm::dyn_cast_or_null<clang::IfStmt>(statement);
      if (!test || test->getElse() || !facts.before(test, section.lock->expr))
        continue;
      const clang::Stmt* then = test->getThen();
      if (const auto* block = llvm::dyn_cast<clang::CompoundStmt>(then);
          block && block->size() == 1)
        then = block->body_front();
      if (llvm::isa<clang::ReturnStmt>(then))
        judge(*test, false, body.block, section, facts);
    }
  }

  void judge(const clang::IfStmt& outer, bool empty, const clang::Stmt* where,
             const Section& section, const Facts& facts) {
    const Tested first = tested(outer.getCond());
    if (first.empty != empty || !is_plain_and_shared(first.place)) return;
    // Tested again with the lock: that is what the pattern is.
    if (!is_tested_again(where, first.place, section, facts)) return;
    report(outer.getCond()->getBeginLoc(),
           "'" + first.place.back()->getNameAsString() +
               "' is tested without the lock that it is written with: make "
               "it a std::atomic, or use std::call_once",
           {{section.lock->at(), 0, "the lock"}});
  }

  static bool is_tested_again(const clang::Stmt* statement, const Place& place,
                              const Section& section, const Facts& facts) {
    if (!statement) return false;
    const auto* branch = llvm::dyn_cast<clang::IfStmt>(statement);
    if (branch && section.covers(branch, facts) &&
        tested(branch->getCond()).place == place)
      return true;
    return std::ranges::any_of(statement->children(), [&](const auto* child) {
      return is_tested_again(child, place, section, facts);
    });
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(race_double_checked_init, RaceDoubleCheckedInit)

}  // namespace chansan::check
