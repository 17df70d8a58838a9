// Calls: of the user's functions, of the standard library's, and of those
// whose code is not here.
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"
#include "tool/check/lower/lowerer.h"
#include "tool/check/lower/names.h"
#include "tool/check/lower/origin.h"

namespace chansan::lower {
namespace {

bool changes(clang::QualType parameter) {
  return (parameter->isReferenceType() || parameter->isPointerType()) &&
         !parameter->getPointeeType().isConstQualified() &&
         !parameter->isRValueReferenceType();
}

}  // namespace

model::Register Lowerer::lower_call(const clang::CallExpr* call) {
  const clang::FunctionDecl* callee = call->getDirectCallee();
  std::vector<const clang::Expr*> args(call->arg_begin(), call->arg_end());
  Register self = model::kNoRegister;
  const auto* method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(callee);
  if (const auto* member = llvm::dyn_cast<clang::CXXMemberCallExpr>(call)) {
    self = eval(member->getImplicitObjectArgument());
  } else if (llvm::isa<clang::CXXOperatorCallExpr>(call) && method &&
             method->isInstance()) {
    self = eval(args[0]);
    args.erase(args.begin());
  }
  if (!callee) {
    const Register dynamic = eval(call->getCallee());
    std::vector<model::Argument> passed;
    for (const clang::Expr* arg : args) passed.push_back(pass(arg, {}));
    const Register result =
        value(Op::kCall, {.a = dynamic}, call->getExprLoc());
    out_.code.back().args = std::move(passed);
    return result;
  }
  if (const auto known = call_known(call, callee, self, args)) return *known;
  const auto* member = llvm::dyn_cast<clang::MemberExpr>(
      call->getCallee()->IgnoreParenImpCasts());
  const bool virtual_call =
      method && method->isVirtual() && !(member && member->hasQualifier()) &&
      !method->hasAttr<clang::FinalAttr>() &&
      !method->getParent()->isEffectivelyFinal() &&
      !(member && !member->isArrow() &&
        llvm::isa<clang::DeclRefExpr>(member->getBase()) &&
        !member->getBase()->getType()->isReferenceType() &&
        !llvm::cast<clang::DeclRefExpr>(member->getBase())
             ->getDecl()
             ->getType()
             ->isReferenceType());
  const clang::CXXMethodDecl* target =
      virtual_call ? unit_.only_target(method) : nullptr;
  if (virtual_call && !target)
    if (const auto result = dispatch(method, self, args, call)) return *result;
  if (target && target->getCanonicalDecl() != method->getCanonicalDecl()) {
    self = to_derived(self, target->getParent(), method->getParent(),
                      call->getExprLoc());
    callee = target;
  }
  const model::FunctionId id =
      virtual_call && !target ? model::kNoFunction : unit_.function(callee);
  if (id != model::kNoFunction) return call_user(callee, id, self, args, call);
  if (!unit_.is_user(callee)) {
    escape_whole(call);
    return call_system(callee, self, args, call);
  }
  const model::FunctionId elsewhere =
      virtual_call ? model::kNoFunction : unit_.function_anywhere(callee);
  if (elsewhere != model::kNoFunction)
    return call_elsewhere(callee, elsewhere, self, args, call);
  return call_unseen(callee, self, args, call);
}

// Both ways to go on: with the body, if a unit has it, and without.
model::Register Lowerer::call_elsewhere(const clang::FunctionDecl* callee,
                                        model::FunctionId id, Register self,
                                        Args args, const clang::Expr* call) {
  const clang::SourceLocation at = call->getExprLoc();
  // Both sides use the arguments: they are made before.
  for (const clang::Expr* arg : args) eval(arg);
  const Register result = fresh();
  const auto keep = [&](Register from) {
    effect(Op::kMove, {.a = from}, at);
    out_.code.back().dst = result;
  };
  const std::size_t branch = out_.code.size();
  effect(Op::kLinked, {.imm = id}, at);
  keep(call_user(callee, id, self, args, call));
  const std::size_t end = jump_placeholder(at);
  out_.code[branch].b = static_cast<Register>(out_.code.size());
  keep(llvm::isa<clang::CXXConstructorDecl>(callee)
           ? call_system(callee, self, args, call)
           : call_unseen(callee, self, args, call));
  jump_here(end);
  return result;
}

model::Argument Lowerer::pass(const clang::Expr* arg,
                              clang::QualType parameter) {
  const Register from = eval(arg);
  if (!parameter.isNull() && parameter->isReferenceType())
    return {from, model::Pass::kValue, 1};
  if (Types::by_address(arg->getType()))
    return {from, model::Pass::kCopy, unit_.types().size(arg->getType())};
  // std::make_shared hands on a reference to what is then copied.
  if (!parameter.isNull() && arg->isGLValue())
    return {load(from, arg->getType(), is_tracked(arg), arg->getExprLoc()),
            model::Pass::kValue, 1};
  return {from, model::Pass::kValue, 1};
}

model::Register Lowerer::call_user(const clang::FunctionDecl* callee,
                                   model::FunctionId id, Register self,
                                   Args args, const clang::Expr* call) {
  std::vector<model::Argument> passed;
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(callee);
  if (method && method->isInstance())
    passed.push_back({self, model::Pass::kValue, 1});
  for (std::size_t i = 0; i < args.size(); ++i)
    passed.push_back(pass(args[i], i < callee->getNumParams()
                                       ? callee->getParamDecl(i)->getType()
                                       : clang::QualType()));
  const Register result = value(Op::kCall, {.imm = id}, call->getExprLoc());
  out_.code.back().args = std::move(passed);
  return result;
}

bool Lowerer::is_effect_free(const clang::FunctionDecl* callee) const {
  return callee->hasAttr<clang::PureAttr>() ||
         callee->hasAttr<clang::ConstAttr>() || callee->isConstexpr();
}

model::Register Lowerer::call_unseen(const clang::FunctionDecl* callee,
                                     Register self, Args args,
                                     const clang::Expr* call) {
  const clang::SourceLocation at = call->getExprLoc();
  // What is passed may be kept, changed and used by anyone.
  const auto give = [&](Register reg, clang::QualType type) {
    effect(Op::kEscape, {.a = reg, .imm = unit_.types().size(type)}, at);
    effect(Op::kHavoc, {.a = reg, .imm = unit_.types().size(type)}, at);
  };
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(callee);
  if (method && method->isInstance())
    give(self, unit_.context().getCanonicalTagType(method->getParent()));
  for (const clang::Expr* arg : args) {
    if (arg->getType()->isPointerType()) arg = origin_of(arg);
    const Register reg = eval(arg);
    const clang::QualType type = arg->getType();
    const clang::QualType to = type->getPointeeType();
    if (arg->isGLValue() || Types::by_address(type))
      give(reg, type);
    else if (type->isPointerType() && to->isIncompleteType())
      effect(Op::kEscape, {.a = reg, .imm = 0}, at);  // whatever it is
    else if (type->isPointerType())
      give(reg, to->isFunctionType() ? unit_.context().IntTy : to);
  }
  effect(Op::kOpaque, {.imm = !is_effect_free(callee)}, at);
  return unknown_value(call);
}

model::Register Lowerer::call_system(const clang::FunctionDecl* callee,
                                     Register self, Args args,
                                     const clang::Expr* call) {
  const clang::SourceLocation at = call->getExprLoc();
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(callee);
  const bool construct = llvm::isa<clang::CXXConstructorDecl>(callee);
  // The objects of csp, and those that order goroutines in ways that are not
  // modelled, may be used by several goroutines.
  const bool orders =
      method && named_type_role(method->getParent()) == TypeRole::kUnseen;
  const bool safe =
      orders || llvm::StringRef(qualified_name(callee)).starts_with("csp::");
  if (orders && !construct) effect(Op::kTaint, {}, at);
  if (method && method->isInstance() && !construct && !safe) {
    const bool writes = !method->isConst() && !only_looks(callee);
    effect(Op::kTouch, {.a = self, .imm = writes}, call->getBeginLoc());
    const TypeRole role = named_type_role(method->getParent());
    if (writes &&
        is_text(unit_.context().getCanonicalTagType(method->getParent())))
      effect(Op::kHavoc, {.a = self, .imm = 1}, at);
    if (writes && (role == TypeRole::kPointer || role == TypeRole::kOptional ||
                   role == TypeRole::kFunction)) {
      const std::int64_t cells = unit_.types().size(
          unit_.context().getCanonicalTagType(method->getParent()));
      effect(Op::kEscape, {.a = self, .imm = cells}, at);
      effect(Op::kHavoc, {.a = self, .imm = cells}, at);
    }
    if (role == TypeRole::kSequence || role == TypeRole::kMap) {
      // What it does with the elements is not known.
      effect(Op::kEscape, {.a = self, .imm = 1}, at);
      if (writes) effect(Op::kHavoc, {.a = self, .imm = 1}, at);
    }
  }
  for (std::size_t i = 0; i < args.size(); ++i) {
    const bool points = args[i]->getType()->isPointerType();
    const clang::Expr* arg = points ? origin_of(args[i]) : args[i];
    const Register reg = eval(arg);
    const clang::QualType type = arg->getType();
    const clang::QualType parameter = i < callee->getNumParams()
                                          ? callee->getParamDecl(i)->getType()
                                          : args[i]->getType();
    const bool pointer = type->isPointerType();
    if (!arg->isGLValue() && !pointer && !Types::by_address(type)) continue;
    const bool writes = changes(parameter);
    if (arg->isGLValue() && is_tracked(arg) && !safe)
      effect(Op::kTouch, {.a = reg, .imm = writes}, arg->getExprLoc());
    const clang::QualType held = pointer ? type->getPointeeType() : type;
    if (held->isIncompleteType() || held->isFunctionType()) continue;
    const std::uint32_t cells = unit_.types().size(held);
    if (writes) effect(Op::kHavoc, {.a = reg, .imm = cells}, at);
    const TypeRole role = unit_.types().role(held);
    if (role != TypeRole::kScalar && role != TypeRole::kOpaque)
      effect(Op::kEscape, {.a = reg, .imm = cells}, at);
  }
  if (callee->isNoReturn()) effect(Op::kStop, {}, at);
  return unknown_value(call);
}

// Operators and members of types whose cells the model knows.
std::optional<model::Register> Lowerer::known_operator(
    const clang::CallExpr* call, const clang::FunctionDecl* callee,
    Register self, Args args) {
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(callee);
  if (!method || !method->isInstance()) return std::nullopt;
  if (const auto known = pointer_member(call, method, self)) return known;
  const clang::SourceLocation at = call->getExprLoc();
  const clang::QualType type =
      unit_.context().getCanonicalTagType(method->getParent());
  TypeRole role = unit_.types().role(type);
  // In libstdc++ these inherit their access functions.
  const std::string owner = qualified_name(method->getParent());
  if (llvm::StringRef(owner).starts_with("std::__shared_ptr") ||
      llvm::StringRef(owner).starts_with("std::__weak_ptr"))
    role = TypeRole::kPointer;
  if (llvm::StringRef(owner).starts_with("std::_Optional"))
    role = TypeRole::kOptional;
  const auto kind = callee->getOverloadedOperator();
  const llvm::StringRef name =
      callee->getDeclName().isIdentifier() ? callee->getName() : "";
  const bool converts = llvm::isa<clang::CXXConversionDecl>(callee);
  const bool assigns = kind == clang::OO_Equal && args.size() == 1;
  const clang::Expr* object = called_on(call);
  if (assigns && is_text(type)) {
    effect(Op::kTouch, {.a = self, .imm = 1}, call->getBeginLoc());
    if (is_text(args[0]->getType()) && args[0]->isLValue() &&
        is_tracked(args[0]))
      effect(Op::kTouch, {.a = eval(args[0]), .imm = 0}, at);
    store_text(self, args[0], at);
    return self;
  }
  if (is_text(type) && name == "empty" && args.empty())
    return text_is_empty(call, callee, self);
  switch (role) {
    case TypeRole::kPointer:
      if (kind == clang::OO_Star || kind == clang::OO_Arrow || name == "get" ||
          converts) {
        read_handle(object, self);
        return value(Op::kLoad, {.a = self}, at);
      }
      if (name == "reset" || name == "release" ||
          (assigns && args[0]->getType()->isNullPtrType())) {
        change_handle(object, self);
        const Register before = value(Op::kLoad, {.a = self}, at);
        const bool given = name == "reset" && !args.empty() &&
                           args[0]->getType()->isPointerType() &&
                           !llvm::isa<clang::CXXDefaultArgExpr>(args[0]);
        effect(
            Op::kStore,
            {.a = self, .b = given ? eval(args[0]) : value(Op::kNil, {}, at)},
            at);
        return before;
      }
      break;
    case TypeRole::kOptional:
      if (kind == clang::OO_Star || kind == clang::OO_Arrow ||
          name == "value") {
        read_handle(object, self);
        return field(self, 1, at);
      }
      if (converts || name == "has_value") {
        read_handle(object, self);
        return value(Op::kLoad, {.a = self}, at);
      }
      if (name == "value_or") return unknown_value(call);
      if (assigns || name == "reset" || name == "emplace") {
        change_handle(object, self);
        assign_optional(self, type, name == "reset" ? Args() : args, at);
        return self;
      }
      break;
    case TypeRole::kFunction:
      if (kind == clang::OO_Call) {
        read_handle(object, self);
        const Register dynamic = value(Op::kLoad, {.a = self}, at);
        std::vector<model::Argument> passed;
        for (std::size_t i = 0; i < args.size(); ++i)
          passed.push_back(pass(args[i], callee->getParamDecl(i)->getType()));
        const Register result = value(Op::kCall, {.a = dynamic}, at);
        out_.code.back().args = std::move(passed);
        return result;
      }
      if (converts) {
        read_handle(object, self);
        return value(Op::kLoad, {.a = self}, at);
      }
      if (assigns) {
        change_handle(object, self);
        construct_function(args[0], self, at);
        return self;
      }
      break;
    case TypeRole::kChannel:
      if (converts) {
        read_handle(object, self);
        return value(Op::kLoad, {.a = self}, at);
      }
      break;
    case TypeRole::kScalar:
      if (converts) return value(Op::kLoad, {.a = self}, at);
      break;
    case TypeRole::kIterator:
      if (kind == clang::OO_Star) return field(self, 1, at);
      if (kind == clang::OO_PlusPlus) return self;
      break;
    case TypeRole::kThreads:
      if (kind == clang::OO_Subscript || name == "at" || name == "front" ||
          name == "back")
        return self;
      if (name == "size") return value(Op::kCap, {.a = self}, at);
      if (name == "emplace_back") {
        const Register handle =
            args.size() == 1 &&
                    unit_.types().role(args[0]->getType()) != TypeRole::kRecord
                ? value(Op::kLoad, {.a = eval(args[0])}, at)
                : spawn(call, args[0], args.subspan(1), model::kNoRegister,
                        true);
        effect(Op::kAdopt, {.a = self, .b = handle}, at);
        return self;
      }
      if (name == "push_back") {
        const Register handle = value(Op::kLoad, {.a = eval(args[0])}, at);
        effect(Op::kAdopt, {.a = self, .b = handle}, at);
        return constant(0);
      }
      if (!assigns && name != "clear") return unknown_value(call);
      break;
    case TypeRole::kTask:
      if (kind == clang::OO_Call) return run_task(call, callee, self, args);
      break;
    case TypeRole::kGuard:
      if (name == "owns_lock" || converts)
        return value(Op::kLoad, {.a = field(self, 1, at)}, at);
      if (name == "release") {
        effect(Op::kStore, {.a = field(self, 1, at), .b = constant(0)}, at);
        return value(Op::kLoad, {.a = self}, at);
      }
      break;
    default:
      break;
  }
  const bool handle =
      role == TypeRole::kChannel || role == TypeRole::kThread ||
      role == TypeRole::kPointer || role == TypeRole::kOptional ||
      role == TypeRole::kScalar || role == TypeRole::kJoiningThread ||
      role == TypeRole::kFuture || role == TypeRole::kContext ||
      role == TypeRole::kCancel || role == TypeRole::kElementIterator ||
      role == TypeRole::kTimerHandle || role == TypeRole::kPromise ||
      role == TypeRole::kTask || role == TypeRole::kAtomicRef;
  if (assigns && handle &&
      unit_.types().size(type) == unit_.types().size(args[0]->getType()) &&
      Types::by_address(args[0]->getType().getNonReferenceType())) {
    const Register from = eval(args[0]);
    const bool moves = args[0]->isXValue();
    if (moves)
      change_handle(args[0], from);
    else
      read_handle(args[0], from);
    change_handle(object, self);
    effect(Op::kCopy,
           {.a = self,
            .b = from,
            .c = moves ? Register{1} : Register{0},
            .imm = unit_.types().size(type)},
           at);
    return self;
  }
  return std::nullopt;
}

// std::get<i>(pair)
std::optional<model::Register> Lowerer::pair_member(
    const clang::CallExpr* call, const clang::FunctionDecl* callee, Args args) {
  if (args.size() != 1 || qualified_name(callee) != "std::get")
    return std::nullopt;
  const auto* record = record_of(args[0]->getType());
  const auto* indices = callee->getTemplateSpecializationArgs();
  if (!record || qualified_name(record) != "std::pair" || !indices ||
      indices->get(0).getKind() != clang::TemplateArgument::Integral)
    return std::nullopt;
  auto member = record->field_begin();
  if (indices->get(0).getAsIntegral() != 0) ++member;
  return field(eval(args[0]), unit_.types().field_offset(*member),
               call->getExprLoc());
}

std::optional<model::Register> Lowerer::call_known(
    const clang::CallExpr* call, const clang::FunctionDecl* callee,
    Register self, Args args) {
  const Role role = unit_.roles().of(callee);
  if (role != Role::kNone && callee->isExternC() &&
      self == model::kNoRegister) {
    if (const auto done = posix_call(role, call, callee, args)) return done;
  }
  if (role != Role::kNone) {
    const auto* member = llvm::dyn_cast<clang::CXXMemberCallExpr>(call);
    const clang::QualType type =
        member          ? member->getImplicitObjectArgument()->getType()
        : !args.empty() ? args[0]->getType()
                        : clang::QualType();
    return lower_role(role, call, self, args, type);
  }
  const clang::SourceLocation at = call->getExprLoc();
  if (const auto known = container_member(call, callee, self, args))
    return known;
  if (const auto known = pair_member(call, callee, args)) return known;
  if (const auto known = pointer_cast(call, callee, args)) return known;
  if (const auto known = error_member(call, callee, self, args)) return known;
  if (const auto known = known_operator(call, callee, self, args)) return known;
  // The end of a range over a channel is where it receives.
  if (callee->getOverloadedOperator() == clang::OO_EqualEqual &&
      call->getNumArgs() == 2) {
    // Of some iterators the bases are compared.
    const auto role_of = [&](unsigned i) {
      return unit_.types().role(
          call->getArg(i)->IgnoreParenImpCasts()->getType());
    };
    if (is_text(call->getArg(0)->getType()) ||
        is_text(call->getArg(1)->getType())) {
      call_system(callee, self, args, call);
      return value(Op::kArith,
                   {.a = text_of(call->getArg(0)),
                    .b = text_of(call->getArg(1)),
                    .imm = static_cast<std::int64_t>(model::Arith::kEqual)},
                   at);
    }
    if (role_of(0) == TypeRole::kIterator) {
      const Register it = eval(call->getArg(0));
      const Register channel = value(Op::kLoad, {.a = it}, at);
      const auto* begin = llvm::dyn_cast<clang::DeclRefExpr>(
          call->getArg(0)->IgnoreParenImpCasts());
      const auto* variable =
          begin ? llvm::dyn_cast<clang::VarDecl>(begin->getDecl()) : nullptr;
      const bool leavable = variable && leavable_begin_.contains(variable);
      const Register has = receive(
          call, channel, leavable ? Receive::kLeavableRange : Receive::kRange);
      put_payload(field(it, 1, at), received_,
                  unit_.types().payload(call->getArg(0)->getType()), at);
      return value(Op::kNot, {.a = has}, at);
    }
    if (const auto same = compare_handles(call)) return same;
    if (role_of(0) == TypeRole::kElementIterator &&
        role_of(1) == TypeRole::kElementIterator) {
      const Register a = value(Op::kLoad, {.a = eval(call->getArg(0))}, at);
      const Register b = value(Op::kLoad, {.a = eval(call->getArg(1))}, at);
      return value(Op::kArith,
                   {.a = a,
                    .b = b,
                    .imm = static_cast<std::int64_t>(model::Arith::kEqual)},
                   at);
    }
  }
  // Calling a std::atomic's conversion or assignment reads or writes it.
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(callee);
  const std::string owner =
      method ? qualified_name(method->getParent()) : std::string();
  if (llvm::StringRef(owner).starts_with("std::__atomic_base") ||
      llvm::StringRef(owner).starts_with("std::__atomic_ref"))
    return atomic(llvm::isa<clang::CXXConversionDecl>(method)
                      ? Role::kAtomicLoad
                  : callee->getOverloadedOperator() == clang::OO_Equal
                      ? Role::kAtomicStore
                      : Role::kAtomicRmw,
                  call, self, args);
  if (method && unit_.types().role(unit_.context().getCanonicalTagType(
                    method->getParent())) == TypeRole::kAtomic)
    return atomic(llvm::isa<clang::CXXConversionDecl>(method)
                      ? Role::kAtomicLoad
                  : callee->getOverloadedOperator() == clang::OO_Equal
                      ? Role::kAtomicStore
                      : Role::kAtomicRmw,
                  call, self, args);
  return std::nullopt;
}

}  // namespace chansan::lower
