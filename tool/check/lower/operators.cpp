// Operators: arithmetic, comparisons, assignments.
#include "tool/check/lower/lowerer.h"

namespace chansan::lower {
namespace {

using model::Arith;

Arith arith_of(clang::BinaryOperatorKind kind) {
  switch (kind) {
    case clang::BO_Add:
    case clang::BO_AddAssign:
      return Arith::kAdd;
    case clang::BO_Sub:
    case clang::BO_SubAssign:
      return Arith::kSub;
    case clang::BO_Mul:
    case clang::BO_MulAssign:
      return Arith::kMul;
    case clang::BO_Div:
    case clang::BO_DivAssign:
      return Arith::kDiv;
    case clang::BO_Rem:
    case clang::BO_RemAssign:
      return Arith::kRem;
    case clang::BO_LT:
      return Arith::kLess;
    case clang::BO_LE:
      return Arith::kLessEqual;
    case clang::BO_GT:
      return Arith::kGreater;
    case clang::BO_GE:
      return Arith::kGreaterEqual;
    case clang::BO_EQ:
      return Arith::kEqual;
    case clang::BO_NE:
      return Arith::kNotEqual;
    case clang::BO_Assign:
      return Arith::kAssign;
    default:
      return Arith::kOther;
  }
}

}  // namespace

// What one more means for a value of this type: for a pointer, the cells of
// what it leads to.
std::int64_t Lowerer::step_of(clang::QualType type) {
  if (!type->isPointerType()) return 1;
  const clang::QualType to = type->getPointeeType();
  if (to->isIncompleteType() || to->isFunctionType()) return 1;
  return unit_.types().size(to);
}

model::Register Lowerer::lower_unary(const clang::UnaryOperator* expression) {
  const clang::Expr* sub = expression->getSubExpr();
  const clang::SourceLocation at = expression->getOperatorLoc();
  switch (expression->getOpcode()) {
    case clang::UO_Deref:
    case clang::UO_AddrOf:
    case clang::UO_Plus:
    case clang::UO_Extension:
      return eval(sub);
    case clang::UO_LNot:
      return value(Op::kNot, {.a = eval(sub)}, at);
    case clang::UO_Minus:
      return value(Op::kArith,
                   {.a = constant(0),
                    .b = eval(sub),
                    .imm = static_cast<std::int64_t>(Arith::kSub)},
                   at);
    case clang::UO_PreInc:
    case clang::UO_PreDec:
    case clang::UO_PostInc:
    case clang::UO_PostDec: {
      const bool tracked = is_tracked(sub);
      const Register address = eval(sub);
      const Register before =
          value(Op::kLoad, {.a = address, .imm = tracked}, at);
      const Arith arith =
          expression->isIncrementOp() ? Arith::kAdd : Arith::kSub;
      const Register after = value(Op::kArith,
                                   {.a = before,
                                    .b = constant(step_of(sub->getType())),
                                    .imm = static_cast<std::int64_t>(arith)},
                                   at);
      effect(Op::kStore, {.a = address, .b = after, .imm = tracked}, at);
      return expression->isPrefix() ? address : before;
    }
    default:
      eval(sub);
      return unknown_value(expression);
  }
}

model::Register Lowerer::lower_binary(const clang::BinaryOperator* expression) {
  const clang::SourceLocation at = expression->getOperatorLoc();
  if (expression->isLogicalOp()) {
    const auto found = phi_results_.find(expression);
    return found == phi_results_.end() ? unknown(at) : found->second;
  }
  const clang::Expr* left = expression->getLHS();
  const clang::Expr* right = expression->getRHS();
  if (expression->getOpcode() == clang::BO_Comma) {
    eval(left);
    return eval(right);
  }
  const auto arith =
      static_cast<std::int64_t>(arith_of(expression->getOpcode()));
  if (!expression->isAssignmentOp()) {
    const Register a = eval(left);
    Register b = eval(right);
    if (const std::int64_t step = step_of(left->getType());
        step != 1 && right->getType()->isIntegerType())
      b = value(Op::kArith,
                {.a = b,
                 .b = constant(step),
                 .imm = static_cast<std::int64_t>(Arith::kMul)},
                at);
    return value(Op::kArith, {.a = a, .b = b, .imm = arith}, at);
  }
  const bool tracked = is_tracked(left);
  const Register from = eval(right);
  const Register address = eval(left);
  const clang::SourceLocation where = left->getExprLoc();
  if (expression->getOpcode() == clang::BO_Assign) {
    assign(address, from, left->getType(), tracked, where);
    return address;
  }
  const Register before =
      value(Op::kLoad, {.a = address, .imm = tracked}, where);
  const Register after =
      value(Op::kArith, {.a = before, .b = from, .imm = arith}, at);
  effect(Op::kStore, {.a = address, .b = after, .imm = tracked}, where);
  return address;
}

}  // namespace chansan::lower
