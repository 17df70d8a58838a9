// Expressions: values, addresses, and the objects made on the way.
#include "clang/AST/DeclTemplate.h"
#include "tool/check/lower/lowerer.h"
#include "tool/check/lower/names.h"

namespace chansan::lower {
namespace {

// What an expression is without the nodes that only wrap it.
const clang::Expr* wrapped(const clang::Expr* expression) {
  if (const auto* node = llvm::dyn_cast<clang::FullExpr>(expression))
    return node->getSubExpr();
  if (const auto* node =
          llvm::dyn_cast<clang::CXXBindTemporaryExpr>(expression))
    return node->getSubExpr();
  if (const auto* node =
          llvm::dyn_cast<clang::SubstNonTypeTemplateParmExpr>(expression))
    return node->getReplacement();
  if (const auto* node = llvm::dyn_cast<clang::CXXDefaultArgExpr>(expression))
    return node->getExpr();
  if (const auto* node = llvm::dyn_cast<clang::CXXDefaultInitExpr>(expression))
    return node->getExpr();
  if (const auto* node =
          llvm::dyn_cast<clang::CXXRewrittenBinaryOperator>(expression))
    return node->getSemanticForm();
  if (const auto* node = llvm::dyn_cast<clang::OpaqueValueExpr>(expression))
    return node->getSourceExpr();
  return nullptr;
}

}  // namespace

model::Register Lowerer::eval(const clang::Expr* expression) {
  expression = expression->IgnoreParens();
  const auto found = registers_.find(expression);
  if (found != registers_.end()) return found->second;
  const Register result = lower(expression);
  registers_[expression] = result;
  phi(expression, result);
  return result;
}

// Hands the value to the ?:, && or || whose operand it is.
void Lowerer::phi(const clang::Expr* expression, Register from) {
  const auto found = phis_.find(expression);
  if (found == phis_.end()) return;
  const std::vector<Register> targets = found->second;
  for (const Register target : targets) {
    effect(Op::kMove, {.a = from}, {});
    out_.code.back().dst = target;
  }
}

model::Register Lowerer::unknown_value(const clang::Expr* expression) {
  const clang::SourceLocation at = expression->getExprLoc();
  if (expression->isPRValue() && Types::by_address(expression->getType())) {
    // Its handles lead to something, and nobody here knows to what.
    const Register address = temporary(expression->getType(), at);
    const std::int64_t cells = unit_.types().size(expression->getType());
    effect(Op::kEscape, {.a = address, .imm = cells}, at);
    effect(Op::kHavoc, {.a = address, .imm = cells}, at);
    return address;
  }
  if (expression->isGLValue() || expression->getType()->isPointerType()) {
    return nowhere(at);
  }
  return unknown(at);
}

model::Register Lowerer::lower(const clang::Expr* expression) {
  const clang::SourceLocation at = expression->getExprLoc();
  if (const clang::Expr* inner = wrapped(expression)) return eval(inner);
  if (const auto* made =
          llvm::dyn_cast<clang::MaterializeTemporaryExpr>(expression)) {
    const clang::Expr* sub = made->getSubExpr();
    const Register from = eval(sub);
    if (Types::by_address(sub->getType())) return from;
    const Register address = temporary(sub->getType(), at);
    effect(Op::kStore, {.a = address, .b = from}, at);
    return address;
  }
  if (const auto* node =
          llvm::dyn_cast<clang::CXXStdInitializerListExpr>(expression))
    return lower_initializer_list(node);
  if (const auto* node = llvm::dyn_cast<clang::IntegerLiteral>(expression))
    return constant(node->getValue().getLimitedValue(INT64_MAX));
  if (const auto* node = llvm::dyn_cast<clang::CXXBoolLiteralExpr>(expression))
    return constant(node->getValue());
  if (const auto* node = llvm::dyn_cast<clang::CharacterLiteral>(expression))
    return constant(node->getValue());
  if (const auto* node = llvm::dyn_cast<clang::StringLiteral>(expression))
    return constant(number_of_text(node->getBytes()));
  if (llvm::isa<clang::CXXNullPtrLiteralExpr, clang::GNUNullExpr>(expression))
    return value(Op::kNil, {}, at);
  if (llvm::isa<clang::CXXScalarValueInitExpr, clang::ImplicitValueInitExpr>(
          expression) &&
      !Types::by_address(expression->getType()))
    return expression->getType()->isPointerType() ? value(Op::kNil, {}, at)
                                                  : constant(0);
  if (const auto* node = llvm::dyn_cast<clang::DeclRefExpr>(expression))
    return lower_reference(node);
  if (const auto* node = llvm::dyn_cast<clang::MemberExpr>(expression))
    return lower_member(node);
  if (const auto* node = llvm::dyn_cast<clang::CastExpr>(expression))
    return lower_cast(node);
  if (const auto* node = llvm::dyn_cast<clang::UnaryOperator>(expression))
    return lower_unary(node);
  if (const auto* node = llvm::dyn_cast<clang::BinaryOperator>(expression))
    return lower_binary(node);
  if (const auto* node =
          llvm::dyn_cast<clang::ConditionalOperator>(expression)) {
    const auto found = phi_results_.find(node);
    return found == phi_results_.end() ? unknown_value(node) : found->second;
  }
  if (llvm::isa<clang::CXXThisExpr>(expression)) return lower_this(at);
  if (const auto* node = llvm::dyn_cast<clang::CXXConstructExpr>(expression))
    return lower_construct(node);
  if (const auto* node = llvm::dyn_cast<clang::LambdaExpr>(expression))
    return lower_lambda(node);
  if (const auto* node = llvm::dyn_cast<clang::InitListExpr>(expression))
    return lower_list(node);
  if (const auto* node = llvm::dyn_cast<clang::CXXNewExpr>(expression))
    return lower_new(node);
  if (const auto* node = llvm::dyn_cast<clang::CallExpr>(expression))
    return lower_call(node);
  if (const auto* node = llvm::dyn_cast<clang::AtomicExpr>(expression))
    return atomic_builtin(node);
  if (const auto* node =
          llvm::dyn_cast<clang::ArraySubscriptExpr>(expression)) {
    const std::uint32_t step = unit_.types().size(node->getType());
    const auto* array = unit_.context().getAsConstantArrayType(
        node->getBase()->IgnoreParenImpCasts()->getType());
    const Register base = eval(node->getBase());
    const Register index = eval(node->getIdx());
    if (!array) return unknown_value(expression);
    return value(Op::kIndex,
                 {.a = base,
                  .b = index,
                  .c = unit_.types().size(clang::QualType(array, 0)),
                  .imm = step},
                 at);
  }
  if (llvm::isa<clang::CXXThrowExpr>(expression)) {
    effect(Op::kStop, {}, at);
    return constant(0);
  }
  clang::Expr::EvalResult result;
  if (llvm::isa<clang::UnaryExprOrTypeTraitExpr>(expression) &&
      expression->EvaluateAsInt(result, unit_.context()))
    return constant(result.Val.getInt().getExtValue());
  return unknown_value(expression);
}

model::Register Lowerer::lower_reference(const clang::DeclRefExpr* expression) {
  const clang::SourceLocation at = expression->getLocation();
  const clang::ValueDecl* decl = expression->getDecl();
  if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl))
    return variable_address(
        variable, expression->refersToEnclosingVariableOrCapture(), at);
  if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(decl)) {
    const model::FunctionId id = unit_.function_anywhere(function);
    if (id == model::kNoFunction) return unknown_value(expression);
    return value(Op::kFunction, {.imm = id}, at);
  }
  if (const auto* enumerator = llvm::dyn_cast<clang::EnumConstantDecl>(decl))
    return constant(enumerator->getInitVal().getExtValue());
  if (const auto* binding = llvm::dyn_cast<clang::BindingDecl>(decl))
    return lower_binding(binding,
                         expression->refersToEnclosingVariableOrCapture(), at,
                         expression);
  return unknown_value(expression);
}

// A name of a structured binding: a member of what was taken apart.
model::Register Lowerer::lower_binding(const clang::BindingDecl* binding,
                                       bool captured, clang::SourceLocation at,
                                       const clang::Expr* expression) {
  if (captured && captures_.contains(binding))
    return captured_address(captures_.find(binding)->second, at);
  const auto* whole =
      llvm::dyn_cast<clang::VarDecl>(binding->getDecomposedDecl());
  const auto* record = whole ? record_of(whole->getType()) : nullptr;
  if (record && binding->getHoldingVar() &&
      qualified_name(record) == "std::pair") {
    const auto* decomposed = llvm::cast<clang::DecompositionDecl>(whole);
    const bool is_first = decomposed->bindings()[0] == binding;
    auto member = record->field_begin();
    if (!is_first) ++member;
    const Register base = variable_address(whole, captured, at);
    return field(base, unit_.types().field_offset(*member), at);
  }
  if (binding->getBinding()) return eval(binding->getBinding());
  return unknown_value(expression);
}

// What a capture leads to, in the closure that runs.
model::Register Lowerer::captured_address(const clang::FieldDecl* member,
                                          clang::SourceLocation at) {
  const Register cell = value(Op::kLocal, {.imm = *this_cell_}, at);
  const Register closure = value(Op::kLoad, {.a = cell}, at);
  const Register address =
      field(closure, unit_.types().field_offset(member), at);
  if (!member->getType()->isReferenceType()) return address;
  return value(Op::kLoad, {.a = address}, at);
}

model::Register Lowerer::variable_address(const clang::VarDecl* variable,
                                          bool captured,
                                          clang::SourceLocation at) {
  const auto follow = [&](Register address) {
    if (!variable->getType()->isReferenceType()) return address;
    return value(Op::kLoad, {.a = address}, at);
  };
  if (captured) {
    const auto found = captures_.find(variable);
    if (found != captures_.end() && this_cell_)
      return captured_address(found->second, at);
  }
  if (variable->hasGlobalStorage()) {
    const auto offset =
        unit_.is_user(variable) ? unit_.global(variable) : std::nullopt;
    if (!offset) return nowhere(at);
    return follow(value(Op::kGlobal, {.imm = *offset}, at));
  }
  return follow(address_of_local(variable));
}

model::Register Lowerer::lower_this(clang::SourceLocation at) {
  if (!this_cell_) return unknown(at);
  const Register cell = value(Op::kLocal, {.imm = *this_cell_}, at);
  const Register self = value(Op::kLoad, {.a = cell}, at);
  if (!this_capture_) return self;
  // In a lambda `this` is the enclosing object's.
  const Register address =
      field(self, unit_.types().field_offset(this_capture_), at);
  if (!this_capture_->getType()->isPointerType()) return address;  // [*this]
  return value(Op::kLoad, {.a = address}, at);
}

model::Register Lowerer::lower_member(const clang::MemberExpr* expression) {
  const clang::SourceLocation at = expression->getMemberLoc();
  const clang::ValueDecl* decl = expression->getMemberDecl();
  if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl))
    return variable_address(variable, false, at);
  const auto* member = llvm::dyn_cast<clang::FieldDecl>(decl);
  const Register base = eval(expression->getBase());
  if (!member) return base;  // a member function: its object
  const Register address = field(base, unit_.types().field_offset(member), at);
  if (!member->getType()->isReferenceType()) return address;
  return value(Op::kLoad, {.a = address}, at);
}

// From the address of a base to that of the object.
model::Register Lowerer::to_derived(Register address,
                                    const clang::CXXRecordDecl* derived,
                                    const clang::CXXRecordDecl* base,
                                    clang::SourceLocation at) {
  const auto offset = derived && base
                          ? unit_.types().ancestor_offset(derived, base)
                          : std::nullopt;
  if (!offset) return nowhere(at);
  return value(Op::kField,
               {.a = address, .imm = -static_cast<std::int64_t>(*offset)}, at);
}

model::Register Lowerer::lower_cast(const clang::CastExpr* expression) {
  const clang::Expr* sub = expression->getSubExpr();
  const clang::SourceLocation at = sub->getExprLoc();
  switch (expression->getCastKind()) {
    case clang::CK_LValueToRValue: {
      clang::Expr::EvalResult result;
      const auto* reference =
          llvm::dyn_cast<clang::DeclRefExpr>(sub->IgnoreParens());
      const auto* variable =
          reference ? llvm::dyn_cast<clang::VarDecl>(reference->getDecl())
                    : nullptr;
      // A constant is its value wherever it stands.
      if (variable && variable->getType().isConstQualified() &&
          expression->getType()->isIntegralOrEnumerationType() &&
          expression->EvaluateAsInt(result, unit_.context()))
        return constant(result.Val.getInt().getExtValue());
      return load(eval(sub), sub->getType(), is_tracked(sub), at);
    }
    case clang::CK_DerivedToBase:
    case clang::CK_UncheckedDerivedToBase: {
      Register address = eval(sub);
      const auto* derived = record_of(sub->getType()->isPointerType()
                                          ? sub->getType()->getPointeeType()
                                          : sub->getType());
      for (const auto* step : expression->path()) {
        const auto* base = record_of(step->getType());
        if (!derived || !base) return unknown_value(expression);
        // What the model knows as a whole has no parts.
        const clang::QualType whole =
            unit_.context().getCanonicalTagType(derived);
        if (unit_.types().role(whole) == TypeRole::kRecord)
          address =
              field(address, unit_.types().base_offset(derived, base), at);
        derived = base;
      }
      return address;
    }
    case clang::CK_NullToPointer:
      return value(Op::kNil, {}, at);
    case clang::CK_ToVoid:
      eval(sub);
      return constant(0);
    case clang::CK_BaseToDerived: {
      const auto* derived =
          record_of(expression->getType()->isPointerType()
                        ? expression->getType()->getPointeeType()
                        : expression->getType());
      const auto* base = record_of(sub->getType()->isPointerType()
                                       ? sub->getType()->getPointeeType()
                                       : sub->getType());
      return to_derived(eval(sub), derived, base, at);
    }
    case clang::CK_Dynamic:
    case clang::CK_BitCast:
      // What a thread is given is the same object behind a pointer to void.
      if (sub->getType()->isVoidPointerType() ||
          expression->getType()->isVoidPointerType())
        return eval(sub);
      eval(sub);
      return unknown_value(expression);
    case clang::CK_ReinterpretMemberPointer:
      eval(sub);
      return unknown_value(expression);
    default:
      return eval(sub);
  }
}

}  // namespace chansan::lower
