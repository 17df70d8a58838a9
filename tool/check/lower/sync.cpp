// The calls that the model is about: goroutines, channels, locks.
#include "clang/AST/ASTLambda.h"
#include "clang/AST/DeclTemplate.h"
#include "tool/check/lower/lowerer.h"
#include "tool/check/lower/names.h"

namespace chansan::lower {
namespace {

const clang::Expr* strip(const clang::Expr* expression) {
  for (;;) {
    expression = expression->IgnoreParenImpCasts();
    if (const auto* made =
            llvm::dyn_cast<clang::MaterializeTemporaryExpr>(expression))
      expression = made->getSubExpr();
    else if (const auto* bound =
                 llvm::dyn_cast<clang::CXXBindTemporaryExpr>(expression))
      expression = bound->getSubExpr();
    else if (const auto* full = llvm::dyn_cast<clang::FullExpr>(expression))
      expression = full->getSubExpr();
    else
      return expression;
  }
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

bool is_named(const clang::Expr* expression, llvm::StringRef name) {
  const auto* record = record_of(expression->getType());
  return record && qualified_name(record) == name;
}

}  // namespace

// The channel in the cell at `address`.
model::Register Lowerer::channel_value(Register address,
                                       clang::SourceLocation at) {
  return value(Op::kLoad, {.a = address}, at);
}

model::Register Lowerer::receive(const clang::Expr* call, Register channel,
                                 Receive kind) {
  const Register has =
      value(Op::kRecv, {.a = channel, .imm = static_cast<std::int64_t>(kind)},
            call->getExprLoc());
  received_ = fresh();
  out_.code.back().c = received_;
  return has;
}

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
    callee.id = unit_.function(callee.declaration);
    return callee;
  }
  const auto* record = record_of(function->getType());
  if (record &&
      (record->isLambda() ||
       unit_.types().role(function->getType()) == TypeRole::kRecord)) {
    callee.declaration = call_operator(record, args);
    callee.has_self = true;
    if (callee.declaration) callee.id = unit_.function(callee.declaration);
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
  for (std::size_t i = skipped; i < args.size(); ++i) {
    const std::size_t position = i - skipped;
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

model::Register Lowerer::select(const clang::Expr* call, Args args) {
  const clang::SourceLocation at = call->getExprLoc();
  std::vector<model::SelectCase> cases;
  std::vector<const clang::Expr*> actions;
  std::vector<Register> outs;
  for (const clang::Expr* arg : args) {
    model::SelectCase one;
    one.site = unit_.site(arg->getExprLoc());
    const clang::Expr* action = nullptr;
    Register out = model::kNoRegister;
    const auto* made = llvm::dyn_cast<clang::CallExpr>(strip(arg));
    const auto* callee = made ? made->getDirectCallee() : nullptr;
    const Role role = callee ? unit_.roles().of(callee) : Role::kNone;
    const unsigned count = made ? made->getNumArgs() : 0;
    if (role == Role::kRecvCase && count >= 1) {
      one.kind = model::SelectCase::Kind::kRecv;
      one.channel = channel_value(eval(made->getArg(0)), at);
      one.has = fresh();
      one.payload = fresh();
      const bool is_out =
          count == 2 &&
          unit_.types().role(made->getArg(1)->getType()) == TypeRole::kOptional;
      if (is_out) out = eval(made->getArg(1));
      if (count == 2 && !is_out) action = made->getArg(1);
    } else if (role == Role::kSendCase && count >= 2) {
      one.kind = model::SelectCase::Kind::kSend;
      one.channel = channel_value(eval(made->getArg(0)), at);
      const clang::Expr* sent = made->getArg(1);
      one.value = eval(sent);
      if (sent->isGLValue() || Types::by_address(sent->getType()))
        one.value = value(Op::kLoad, {.a = one.value}, at);
      if (count == 3) action = made->getArg(2);
    } else if (role == Role::kDefaultCase) {
      one.kind = model::SelectCase::Kind::kDefault;
      if (count == 1) action = made->getArg(0);
    } else {
      eval(arg);  // a case that is not seen: it may always be ready
    }
    cases.push_back(one);
    actions.push_back(action);
    outs.push_back(out);
  }
  const auto id = static_cast<std::int64_t>(unit_.program().selects.size());
  unit_.program().selects.push_back(cases);
  const Register index = value(Op::kSelect, {.imm = id}, at);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (!actions[i] && outs[i] == model::kNoRegister) continue;
    const bool is_default = cases[i].kind == model::SelectCase::Kind::kDefault;
    const Register chosen =
        value(Op::kArith,
              {.a = index,
               .b = constant(is_default ? -1 : static_cast<std::int64_t>(i)),
               .imm = static_cast<std::int64_t>(model::Arith::kEqual)},
              at);
    const std::size_t branch = branch_placeholder(chosen, at);
    if (outs[i] != model::kNoRegister) {
      effect(Op::kStore, {.a = outs[i], .b = cases[i].has}, at);
      effect(Op::kStore, {.a = field(outs[i], 1, at), .b = cases[i].payload},
             at);
    }
    if (actions[i]) {
      const Callee callee = callee_of(actions[i], 0);
      const Register object = eval(actions[i]);
      if (callee.id != model::kNoFunction) {
        std::vector<model::Argument> passed;
        if (callee.has_self) passed.push_back({object, model::Pass::kValue, 1});
        if (cases[i].kind == model::SelectCase::Kind::kRecv) {
          const Register box = value(Op::kLocal, {.imm = optional_cells()}, at);
          effect(Op::kStore, {.a = box, .b = cases[i].has}, at);
          effect(Op::kStore, {.a = field(box, 1, at), .b = cases[i].payload},
                 at);
          const bool by_reference =
              callee.declaration->getNumParams() == 1 &&
              callee.declaration->getParamDecl(0)->getType()->isReferenceType();
          passed.push_back(
              {box, by_reference ? model::Pass::kValue : model::Pass::kCopy,
               2});
        }
        value(Op::kCall, {.imm = callee.id}, at);
        out_.code.back().args = std::move(passed);
      } else {
        effect(Op::kEscape,
               {.a = object, .imm = unit_.types().size(actions[i]->getType())},
               at);
        effect(Op::kOpaque, {.imm = 1}, at);
      }
    }
    branch_here(branch, model::Side::kFalse);
  }
  return index;
}

std::uint32_t Lowerer::optional_cells() {
  const auto offset = static_cast<std::uint32_t>(out_.cells.size());
  out_.cells.insert(out_.cells.end(), 2, model::CellKind::kUnknown);
  return offset;
}

model::Register Lowerer::run_once(const clang::Expr* call, Register flag,
                                  const clang::Expr* function, Args args) {
  const clang::SourceLocation at = call->getExprLoc();
  const Register first = value(Op::kOnceEnter, {.a = flag}, at);
  const std::size_t branch = branch_placeholder(first, at);
  call_function_object(function, args, call);
  effect(Op::kOnceLeave, {.a = flag}, at);
  branch_here(branch, model::Side::kFalse);
  return constant(0);
}

// cv.wait(lock) and cv.wait(lock, ready): the lock is given up and taken
// again. Nobody needs to notify: waking for no reason is allowed, so a wait is
// never what a deadlock is proved with.
void Lowerer::condition_wait(const clang::Expr* call, Args args,
                             bool has_predicate) {
  const clang::SourceLocation at = call->getExprLoc();
  const Register guard = eval(args[0]);
  const clang::QualType type = args[0]->getType();
  const std::size_t start = out_.code.size();
  std::optional<std::size_t> done;
  if (has_predicate) {
    const Register ready = call_function_object(args[1], {}, call);
    const std::size_t branch = branch_placeholder(ready, at);
    branch_here(branch, model::Side::kFalse);
    done = branch;
  }
  guard_operation(Role::kUnlock, guard, type, at);
  effect(Op::kYield, {}, at);
  guard_operation(Role::kLock, guard, type, at);
  if (!done) {
    // Without a predicate the program's own loop decides.
    effect(Op::kTaint, {}, at);
    return;
  }
  const std::size_t again = jump_placeholder(at);
  out_.code[again].imm = static_cast<std::int64_t>(start);
  branch_here(*done, model::Side::kTrue);
}

model::Register Lowerer::atomic(Role role, const clang::Expr* call,
                                Register self, Args args) {
  const clang::SourceLocation at = call->getExprLoc();
  const auto order_of = [&](std::size_t index) -> std::int64_t {
    if (index >= args.size()) return 5;  // seq_cst
    clang::Expr::EvalResult result;
    if (!args[index]->EvaluateAsInt(result, unit_.context())) return 5;
    return result.Val.getInt().getExtValue();
  };
  const auto operand = [&](std::size_t index) {
    if (index >= args.size()) return unknown(at);
    return args[index]->isGLValue()
               ? load(eval(args[index]), args[index]->getType(), false, at)
               : eval(args[index]);
  };
  const auto rmw = [&](model::Arith arith, Register b) {
    return value(Op::kAtomicRmw,
                 {.a = self, .b = b, .imm = static_cast<std::int64_t>(arith)},
                 at);
  };
  switch (role) {
    case Role::kAtomicLoad: {
      const std::int64_t order = order_of(0);
      return value(Op::kAtomicLoad,
                   {.a = self, .imm = order != 0 && order != 3}, at);
    }
    case Role::kAtomicStore: {
      const bool clears = args.empty();
      const std::int64_t order = order_of(1);
      effect(Op::kAtomicStore,
             {.a = self,
              .b = clears ? constant(0) : operand(0),
              .imm = order != 0},
             at);
      return constant(0);
    }
    case Role::kAtomicExchange:
      return rmw(model::Arith::kAssign,
                 args.empty() ? constant(1) : operand(0));
    case Role::kAtomicCompare:
      rmw(model::Arith::kOther, unknown(at));
      return unknown(at);
    default:
      break;
  }
  const auto* callee =
      llvm::isa<clang::CallExpr>(call)
          ? llvm::cast<clang::CallExpr>(call)->getDirectCallee()
          : nullptr;
  const auto kind = callee ? callee->getOverloadedOperator() : clang::OO_None;
  const bool adds = kind == clang::OO_PlusPlus || kind == clang::OO_PlusEqual ||
                    (callee && callee->getDeclName().isIdentifier() &&
                     callee->getName() == "fetch_add");
  const bool subtracts = kind == clang::OO_MinusMinus ||
                         kind == clang::OO_MinusEqual ||
                         (callee && callee->getDeclName().isIdentifier() &&
                          callee->getName() == "fetch_sub");
  const bool steps = kind == clang::OO_PlusPlus || kind == clang::OO_MinusMinus;
  const model::Arith arith = adds        ? model::Arith::kAdd
                             : subtracts ? model::Arith::kSub
                                         : model::Arith::kOther;
  const Register delta = steps ? constant(1) : operand(0);
  const Register before = rmw(arith, delta);
  const bool returns_after = kind == clang::OO_PlusEqual ||
                             kind == clang::OO_MinusEqual ||
                             (steps && args.empty());
  if (!returns_after) return before;
  return value(
      Op::kArith,
      {.a = before, .b = delta, .imm = static_cast<std::int64_t>(arith)}, at);
}

std::optional<model::Register> Lowerer::lower_role(Role role,
                                                   const clang::Expr* call,
                                                   Register self, Args args,
                                                   clang::QualType self_type) {
  const clang::SourceLocation at = call->getExprLoc();
  // Operators that are no members have their object first.
  const bool free = self == model::kNoRegister;
  const auto object = [&] { return free ? eval(args[0]) : self; };
  const auto operand = [&](std::size_t index) {
    const std::size_t i = index + (free ? 1 : 0);
    return i < args.size() ? args[i] : nullptr;
  };
  const auto number = [&](std::size_t index) {
    const clang::Expr* arg = operand(index);
    return arg ? eval(arg) : constant(1);
  };
  const auto done = [&] { return constant(0); };
  switch (role) {
    case Role::kSpawn:
      if (args.empty()) return std::nullopt;
      spawn(call, args[0], args.subspan(1), model::kNoRegister, false);
      return done();
    case Role::kWgGo: {
      effect(Op::kAdd, {.a = self, .b = constant(1)}, at);
      spawn(call, args[0], {}, self, false);
      return done();
    }
    case Role::kAsync: {
      Args rest = args;
      if (!rest.empty() && rest[0]->getType()->isEnumeralType())
        rest = rest.subspan(1);
      if (rest.empty()) return std::nullopt;
      const Register handle =
          spawn(call, rest[0], rest.subspan(1), model::kNoRegister, true);
      const Register future = temporary(call->getType(), at);
      effect(Op::kStore, {.a = future, .b = handle}, at);
      return future;
    }
    case Role::kJoin:
      effect(Op::kJoin, {.a = self}, at);
      return unknown_value(call);
    case Role::kYield:
      effect(Op::kYield, {}, at);
      return unknown_value(call);
    case Role::kExit:
      effect(Op::kStop, {}, at);
      return done();
    case Role::kInline:
      call_function_object(args[0], {}, call);
      return unknown_value(call);
    case Role::kMake: {
      const Register capacity = args.empty() ? constant(0) : eval(args[0]);
      const Register channel =
          value(Op::kMake, {.a = capacity}, call->getBeginLoc());
      const Register cell = temporary(call->getType(), at);
      effect(Op::kStore, {.a = cell, .b = channel}, at);
      return cell;
    }
    case Role::kTimer: {
      const Register cell = temporary(call->getType(), at);
      const Register channel = value(Op::kMakeTimer, {}, at);
      effect(Op::kStore, {.a = cell, .b = channel}, at);
      return cell;
    }
    case Role::kSend: {
      const Register target = object();
      const clang::Expr* sent = operand(0);
      if (!sent) return std::nullopt;
      Register what = eval(sent);
      if (Types::by_address(sent->getType()) || sent->isGLValue()) {
        if (unit_.types().size(sent->getType()) > 1)
          effect(Op::kEscape,
                 {.a = what, .imm = unit_.types().size(sent->getType())}, at);
        what = value(Op::kLoad, {.a = what}, at);
      }
      effect(Op::kSend, {.a = channel_value(target, at), .b = what},
             call->getBeginLoc());
      return target;
    }
    case Role::kRecv: {
      const Register channel = channel_value(object(), at);
      const Register has = receive(call, channel, Receive::kPlain);
      out_.code.back().site = unit_.site(call->getBeginLoc());
      if (const clang::Expr* out = operand(0)) {
        store_received(eval(out), has, out, at);
        const Register status = temporary(call->getType(), at);
        effect(Op::kStore, {.a = status, .b = has}, at);
        return status;
      }
      const Register box = temporary(call->getType(), at);
      effect(Op::kStore, {.a = box, .b = has}, at);
      effect(Op::kStore, {.a = field(box, 1, at), .b = received_}, at);
      return box;
    }
    case Role::kClose:
      effect(Op::kClose, {.a = channel_value(self, at)}, call->getBeginLoc());
      return done();
    case Role::kCap:
      return value(Op::kCap, {.a = channel_value(self, at)}, at);
    case Role::kRange: {
      const Register it = temporary(call->getType(), at);
      effect(Op::kStore, {.a = it, .b = channel_value(self, at)}, at);
      return it;
    }
    case Role::kSelect:
      return select(call, args);
    case Role::kRecvCase:
    case Role::kSendCase:
    case Role::kDefaultCase:
      // Lowered by the select that they stand in; elsewhere they are kept,
      // and who selects them is not seen.
      for (const clang::Expr* arg : args) eval(arg);
      return unknown_value(call);
    case Role::kLock:
    case Role::kTryLock:
    case Role::kUnlock:
    case Role::kRLock:
    case Role::kTryRLock:
    case Role::kRUnlock: {
      if (unit_.types().role(self_type) == TypeRole::kGuard) {
        guard_operation(role, self, self_type, at);
        return role == Role::kTryLock ? unknown(at) : done();
      }
      if (role == Role::kTryLock || role == Role::kTryRLock)
        return value(Op::kTryLock, {.a = self, .imm = role == Role::kTryRLock},
                     at);
      effect(role == Role::kLock     ? Op::kLock
             : role == Role::kUnlock ? Op::kUnlock
             : role == Role::kRLock  ? Op::kRLock
                                     : Op::kRUnlock,
             {.a = self}, at);
      return done();
    }
    case Role::kLockAll: {
      effect(Op::kLock, {.a = eval(args[0])}, at);
      for (std::size_t i = 1; i < args.size(); ++i)
        out_.code.back().args.push_back({eval(args[i])});
      return done();
    }
    case Role::kCondWait:
    case Role::kCondWaitPred:
      if (args.empty()) return std::nullopt;
      condition_wait(call, args, role == Role::kCondWaitPred);
      return done();
    case Role::kWgAdd:
      effect(Op::kAdd, {.a = self, .b = number(0)}, at);
      return done();
    case Role::kWgDone:
      effect(Op::kDone, {.a = self}, at);
      return done();
    case Role::kWgWait:
      effect(Op::kWait, {.a = self}, at);
      return done();
    case Role::kOnce:
      return run_once(call, self, args[0], {});
    case Role::kCallOnce:
      return run_once(call, eval(args[0]), args[1], args.subspan(2));
    case Role::kSemAcquire:
      effect(Op::kAcquire, {.a = self, .b = number(0)}, at);
      return done();
    case Role::kSemTryAcquire:
      effect(Op::kEscape, {.a = self, .imm = 1}, at);
      return unknown(at);
    case Role::kSemRelease:
      effect(Op::kRelease, {.a = self, .b = number(0)}, at);
      return done();
    case Role::kAtomicLoad:
    case Role::kAtomicStore:
    case Role::kAtomicRmw:
    case Role::kAtomicExchange:
    case Role::kAtomicCompare:
      return atomic(role, call, self, args);
    case Role::kForward: {
      const Register address = eval(args[0]);
      if (call->isGLValue() || call->getType()->isPointerType()) return address;
      const Register box = temporary(call->getType(), at);
      effect(Op::kStore, {.a = box, .b = address}, at);
      return box;
    }
    case Role::kMakePointer:
      return make_pointer(llvm::cast<clang::CallExpr>(call), args);
    case Role::kNotify:
    case Role::kDetach:
    case Role::kNothing:
      return unknown_value(call);
    case Role::kUnseen:
      for (const clang::Expr* arg : args) {
        const Register reg = eval(arg);
        if (arg->getType()->isPointerType() || arg->isGLValue())
          effect(Op::kEscape, {.a = reg, .imm = 1}, at);
      }
      effect(Op::kOpaque, {.imm = 1}, at);
      return unknown_value(call);
    case Role::kNone:
      break;
  }
  return std::nullopt;
}

}  // namespace chansan::lower
