// Starting goroutines and threads, and calling what they or others are given.
#include "clang/AST/ASTLambda.h"
#include "clang/AST/DeclTemplate.h"
#include "tool/check/lower/lowerer.h"
#include "tool/check/lower/names.h"

namespace chansan::lower {
namespace {

// What a std::function that is made here is made of: a pool's submit() takes
// one.
const clang::Expr* unwrap(const clang::Expr* function) {
  const clang::Expr* bare = strip(function);
  const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(bare);
  if (!made || made->getNumArgs() == 0) return function;
  const std::string name = qualified_name(made->getConstructor()->getParent());
  const bool wrapper =
      name == "std::function" || name == "std::move_only_function";
  if (!wrapper || made->getConstructor()->isCopyOrMoveConstructor())
    return function;
  return made->getArg(0);
}

// The call operator of a function object; null if there are several.
const clang::CXXMethodDecl* call_operator(const clang::CXXRecordDecl* record,
                                          std::size_t args) {
  if (record->isLambda() && !record->isGenericLambda())
    return record->getLambdaCallOperator();
  const clang::CXXMethodDecl* found = nullptr;
  const auto consider = [&](const clang::CXXMethodDecl* method) {
    if (method->getOverloadedOperator() != clang::OO_Call ||
        method->getNumParams() < args || method->isDependentContext())
      return true;
    const bool first = found == nullptr;
    found = method;
    return first;
  };
  for (const auto* decl : record->decls()) {
    if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(decl)) {
      if (!consider(method)) return nullptr;
    } else if (const auto* made =
                   llvm::dyn_cast<clang::FunctionTemplateDecl>(decl)) {
      for (const auto* special : made->specializations())
        if (const auto* one = llvm::dyn_cast<clang::CXXMethodDecl>(special))
          if (!consider(one)) return nullptr;
    }
  }
  return found;
}

bool takes_stop_token(const clang::FunctionDecl* function, std::size_t args) {
  if (!function || function->getNumParams() != args + 1) return false;
  const auto* record =
      record_of(function->getParamDecl(0)->getType().getNonReferenceType());
  return record && qualified_name(record) == "std::stop_token";
}

bool is_named(const clang::Expr* expression, llvm::StringRef name) {
  const auto* record = record_of(expression->getType());
  return record && qualified_name(record) == name;
}

}  // namespace

Lowerer::Callee Lowerer::callee_of(const clang::Expr* function,
                                   std::size_t args) {
  Callee callee;
  const clang::Expr* bare = strip(function);
  if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(bare))
    if (unary->getOpcode() == clang::UO_AddrOf)
      bare = unary->getSubExpr()->IgnoreParenImpCasts();
  if (const auto* reference = llvm::dyn_cast<clang::DeclRefExpr>(bare))
    callee.declaration =
        llvm::dyn_cast<clang::FunctionDecl>(reference->getDecl());
  if (callee.declaration) {
    callee.id = unit_.function_anywhere(callee.declaration);
    return callee;
  }
  const auto* record = record_of(function->getType());
  if (record &&
      unit_.types().role(function->getType()) == TypeRole::kFunction) {
    callee.dynamic =
        value(Op::kLoad, {.a = eval(function)}, function->getExprLoc());
    return callee;
  }
  if (record && unit_.types().role(function->getType()) == TypeRole::kCancel) {
    callee.id = unit_.cancel_function();
    callee.has_self = true;
    return callee;
  }
  if (record && unit_.types().role(function->getType()) == TypeRole::kTask) {
    callee.id = unit_.task_function();
    callee.has_self = true;
    return callee;
  }
  if (record &&
      (record->isLambda() ||
       unit_.types().role(function->getType()) == TypeRole::kRecord)) {
    callee.declaration = call_operator(record, args);
    callee.has_self = true;
    if (callee.declaration)
      callee.id = unit_.function_anywhere(callee.declaration);
    return callee;
  }
  if (!record) {
    const Register reg = eval(function);
    callee.dynamic = function->isGLValue() ? load(reg, function->getType(),
                                                  false, function->getExprLoc())
                                           : reg;
  }
  return callee;
}

model::Register Lowerer::spawn(const clang::Expr* call,
                               const clang::Expr* function, Args args,
                               Register group, bool wants_handle) {
  const clang::SourceLocation at = call->getBeginLoc();
  function = unwrap(function);
  const Callee callee = callee_of(function, args.size());
  std::vector<model::Argument> passed;
  const Register object = eval(function);
  if (callee.has_self)
    passed.push_back(
        {object, model::Pass::kFresh, unit_.types().size(function->getType())});
  const auto* method =
      llvm::dyn_cast_or_null<clang::CXXMethodDecl>(callee.declaration);
  std::size_t skipped = 0;
  if (method && method->isInstance() && !callee.has_self && !args.empty()) {
    // A member function: the object, by pointer, reference_wrapper or value.
    const Register target = eval(args[0]);
    const clang::QualType type = args[0]->getType();
    if (type->isPointerType())
      passed.push_back(
          {args[0]->isGLValue() ? load(target, type, false, at) : target,
           model::Pass::kValue, 1});
    else if (unit_.types().role(type) == TypeRole::kPointer)
      passed.push_back(
          {value(Op::kLoad, {.a = target}, at), model::Pass::kValue, 1});
    else
      passed.push_back({target, model::Pass::kFresh, unit_.types().size(type)});
    skipped = 1;
  }
  // A jthread passes its stop_token first, to what takes one.
  const bool token =
      takes_stop_token(callee.declaration, args.size() - skipped);
  if (token) passed.push_back({unknown(at), model::Pass::kValue, 1});
  for (std::size_t i = skipped; i < args.size(); ++i) {
    const std::size_t position = i - skipped + token;
    const clang::QualType parameter =
        callee.declaration && position < callee.declaration->getNumParams()
            ? callee.declaration->getParamDecl(position)->getType()
            : clang::QualType();
    const clang::QualType type = args[i]->getType();
    Register from = eval(args[i]);
    const bool wrapper = is_named(args[i], "std::reference_wrapper");
    const bool by_reference =
        !parameter.isNull() && parameter->isReferenceType();
    if (wrapper && (by_reference || parameter.isNull())) {
      from = value(Op::kLoad, {.a = from}, at);
      passed.push_back({from, model::Pass::kValue, 1});
    } else if (const TypeRole role = unit_.types().role(parameter);
               !parameter.isNull() && role != TypeRole::kScalar &&
               role != TypeRole::kOpaque && Types::by_address(type) &&
               !unit_.context().hasSameUnqualifiedType(
                   parameter.getNonReferenceType(), type)) {
      passed.push_back(pass_forwarded(args[i], parameter, call));
    } else if (by_reference) {
      passed.push_back({from, model::Pass::kFresh, unit_.types().size(type)});
    } else if (Types::by_address(type)) {
      passed.push_back({from, model::Pass::kCopy, unit_.types().size(type)});
    } else {
      if (args[i]->isGLValue())
        from = load(from, type, is_tracked(args[i]), at);
      passed.push_back({from, model::Pass::kValue, 1});
    }
  }
  const Register handle = emit(
      Op::kSpawn,
      {.a = callee.dynamic,
       .c = group,
       .imm = callee.id == model::kNoFunction ? std::int64_t{model::kNoFunction}
                                              : callee.id},
      at, wants_handle);
  out_.code.back().args = std::move(passed);
  leave_behind(function);
  for (const clang::Expr* arg : args) leave_behind(arg);
  return handle;
}

// Calls a function object here: of a select's case, of once.
model::Register Lowerer::call_function_object(const clang::Expr* function,
                                              Args args,
                                              const clang::Expr* call) {
  const Callee callee = callee_of(function, 0);
  const Register object = eval(function);
  const clang::SourceLocation at = call->getExprLoc();
  std::vector<model::Argument> passed;
  if (callee.has_self) passed.push_back({object, model::Pass::kValue, 1});
  for (const clang::Expr* arg : args)
    passed.push_back(pass(arg, clang::QualType()));
  if (callee.id == model::kNoFunction && callee.dynamic == model::kNoRegister) {
    effect(Op::kEscape,
           {.a = object, .imm = unit_.types().size(function->getType())}, at);
    effect(Op::kOpaque, {.imm = 1}, at);
    return unknown(at);
  }
  const Register result =
      value(Op::kCall, {.a = callee.dynamic, .imm = callee.id}, at);
  out_.code.back().args = std::move(passed);
  return result;
}

// A virtual call: what the object's class has, if the class is known.
std::optional<model::Register> Lowerer::dispatch(
    const clang::CXXMethodDecl* method, Register self, Args args,
    const clang::Expr* call) {
  const auto targets = unit_.targets(method);
  const auto cells = unit_.types().class_cells(method->getParent());
  if (targets.empty() || cells.empty()) return std::nullopt;
  const clang::SourceLocation at = call->getExprLoc();
  for (const clang::Expr* arg : args) eval(arg);
  const Register result = fresh();
  const auto keep = [&](Register from) {
    effect(Op::kMove, {.a = from}, at);
    out_.code.back().dst = result;
  };
  const Register class_of =
      value(Op::kLoad, {.a = field(self, cells.front(), at)}, at);
  std::vector<std::size_t> ends;
  for (const Unit::Target& target : targets) {
    const Register same =
        value(Op::kArith,
              {.a = class_of,
               .b = constant(target.class_id),
               .imm = static_cast<std::int64_t>(model::Arith::kIs)},
              at);
    const std::size_t branch = branch_placeholder(same, at);
    const Register object =
        to_derived(self, target.method->getParent(), method->getParent(), at);
    keep(call_user(target.method, unit_.function(target.method), object, args,
                   call));
    ends.push_back(jump_placeholder(at));
    branch_here(branch, model::Side::kFalse);
  }
  keep(call_unseen(method, self, args, call));
  for (const std::size_t end : ends) jump_here(end);
  return result;
}

}  // namespace chansan::lower
