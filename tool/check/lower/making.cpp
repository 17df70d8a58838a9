// Expressions that make objects: constructors, literals, lists, new.
#include <algorithm>

#include "tool/check/lower/lowerer.h"
#include "tool/check/lower/names.h"

namespace chansan::lower {

// Where the object that `expression` makes is to live: in the variable that it
// initialises, else in a temporary.
model::Register Lowerer::target_of(const clang::Expr* expression,
                                   clang::QualType type) {
  if (const auto part = parts_.find(expression); part != parts_.end())
    return part_address(part->second);
  if (const auto made = news_.find(expression); made != news_.end())
    return allocated_[made->second] =
               value(Op::kAlloc, {.imm = unit_.layout(type)},
                     made->second->getBeginLoc());
  const auto found = targets_.find(expression);
  const clang::VarDecl* variable =
      found == targets_.end() ? nullptr : found->second;
  const bool fits =
      variable && !variable->isStaticLocal() && !variable->hasGlobalStorage() &&
      unit_.context().hasSameUnqualifiedType(variable->getType(), type);
  const clang::SourceLocation at = expression->getExprLoc();
  if (!fits) return temporary(type, at);
  const Register address = address_of_local(variable);
  effect(Op::kInit, {.a = address, .imm = unit_.layout(type)}, at);
  return address;
}

model::Register Lowerer::text_of(const clang::Expr* expression) {
  const Register from = eval(expression);
  return is_text(expression->getType()) || expression->isGLValue()
             ? value(Op::kLoad, {.a = from}, expression->getExprLoc())
             : from;
}

model::Register Lowerer::text_is_empty(const clang::CallExpr* call,
                                       const clang::FunctionDecl* callee,
                                       Register self) {
  const clang::SourceLocation at = call->getExprLoc();
  call_system(callee, self, {}, call);
  return value(Op::kArith,
               {.a = value(Op::kLoad, {.a = self}, at),
                .b = constant(number_of_text("")),
                .imm = static_cast<std::int64_t>(model::Arith::kEqual)},
               at);
}

void Lowerer::store_text(Register address, const clang::Expr* from,
                         clang::SourceLocation at) {
  if (is_text(from->getType()) || from->getType()->isPointerType())
    effect(Op::kStore, {.a = address, .b = text_of(from)}, at);
  else
    effect(Op::kHavoc, {.a = address, .imm = 1}, at);
}

model::Register Lowerer::lower_construct(
    const clang::CXXConstructExpr* expression) {
  const clang::CXXConstructorDecl* made = expression->getConstructor();
  const clang::QualType type = expression->getType();
  const clang::SourceLocation at = expression->getExprLoc();
  if (made->isCopyOrMoveConstructor() && expression->getNumArgs() >= 1 &&
      !made->isUserProvided() &&
      unit_.types().role(type) == TypeRole::kRecord) {
    const Register from = eval(expression->getArg(0));
    read_record(expression->getArg(0), from);
    const Register to = temporary(type, at);
    effect(Op::kCopy,
           {.a = to,
            .b = from,
            .c = made->isMoveConstructor() ? Register{1} : Register{0},
            .imm = unit_.types().size(type)},
           at);
    return to;
  }
  std::vector<const clang::Expr*> args(expression->arg_begin(),
                                       expression->arg_end());
  if (unit_.types().role(type) != TypeRole::kRecord)
    for (const clang::Expr* arg : args) eval(arg);
  const Register self = target_of(expression, type);
  if (const auto known = construct_known(expression, self)) return *known;
  if (unit_.types().role(type) == TypeRole::kRecord) {
    const model::FunctionId id = unit_.function(made);
    if (id != model::kNoFunction) {
      call_user(made, id, self, args, expression);
      return self;
    }
    if (made->isTrivial()) return self;
    const model::FunctionId elsewhere = made->isUserProvided()
                                            ? unit_.function_anywhere(made)
                                            : model::kNoFunction;
    if (elsewhere != model::kNoFunction) {
      call_elsewhere(made, elsewhere, self, args, expression);
      return self;
    }
    if (made->isDefaultConstructor()) return self;
  }
  call_system(made, self, args, expression);
  const bool one =
      !args.empty() &&
      std::ranges::all_of(args.begin() + 1, args.end(),
                          [](const clang::Expr* arg) {
                            return llvm::isa<clang::CXXDefaultArgExpr>(arg);
                          });
  if (one && is_text(type)) store_text(self, args[0], at);
  if (is_text(type) && made->isDefaultConstructor())
    effect(Op::kStore, {.a = self, .b = constant(number_of_text(""))}, at);
  return self;
}

model::Register Lowerer::lower_lambda(const clang::LambdaExpr* expression) {
  const clang::SourceLocation at = expression->getBeginLoc();
  const Register self = target_of(expression, expression->getType());
  auto member = expression->getLambdaClass()->field_begin();
  const auto* init = expression->capture_init_begin();
  for (; init != expression->capture_init_end(); ++init, ++member) {
    if (!*init) continue;
    const Register from = eval(*init);
    const Register address =
        field(self, unit_.types().field_offset(*member), at);
    if (member->getType()->isReferenceType())
      effect(Op::kStore, {.a = address, .b = from}, at);
    else
      assign(address, from, member->getType(), false, at);
  }
  return self;
}

model::Register Lowerer::lower_list(const clang::InitListExpr* expression) {
  const clang::SourceLocation at = expression->getBeginLoc();
  const clang::QualType type = expression->getType();
  if (!Types::by_address(type)) {
    if (expression->getNumInits() == 1) return eval(expression->getInit(0));
    return constant(0);
  }
  if (expression->isTransparent() && expression->getNumInits() == 1)
    return eval(expression->getInit(0));
  std::vector<Register> values;
  for (const clang::Expr* init : expression->inits())
    values.push_back(eval(init));
  const Register self = target_of(expression, type);
  const auto* record = record_of(type);
  if (const auto* array = unit_.context().getAsConstantArrayType(type)) {
    const clang::QualType element = array->getElementType();
    const std::uint32_t step = unit_.types().size(element);
    const bool opaque = unit_.types().size(type) < values.size() * step;
    for (std::size_t i = 0; !opaque && i < values.size(); ++i)
      assign(field(self, static_cast<std::uint32_t>(i * step), at), values[i],
             element, false, at);
  } else if (record && unit_.types().role(type) == TypeRole::kRecord &&
             record->getNumBases() == 0) {
    std::size_t i = 0;
    for (const auto* member : record->fields()) {
      if (i >= values.size()) break;
      const Register address =
          field(self, unit_.types().field_offset(member), at);
      if (member->getType()->isReferenceType())
        effect(Op::kStore, {.a = address, .b = values[i++]}, at);
      else
        assign(address, values[i++], member->getType(), false, at);
      effect(Op::kName,
             {.a = address, .imm = unit_.name(member->getNameAsString())}, at);
    }
  }
  return self;
}

model::Register Lowerer::lower_new(const clang::CXXNewExpr* expression) {
  const clang::SourceLocation at = expression->getBeginLoc();
  const clang::QualType type = expression->getAllocatedType();
  if (expression->isArray()) return unknown_value(expression);
  const clang::Expr* init = expression->getInitializer();
  const std::optional<Register> from =
      init ? std::optional(eval(init)) : std::nullopt;
  if (const auto made = allocated_.find(expression); made != allocated_.end())
    return made->second;
  const Register address = value(Op::kAlloc, {.imm = unit_.layout(type)}, at);
  if (from) assign(address, *from, type, false, at);
  return address;
}

}  // namespace chansan::lower
