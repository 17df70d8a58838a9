// POSIX threads, and atomic operations on plain variables: what C programs use.
#include "tool/check/lower/lowerer.h"

namespace chansan::lower {

using model::Arith;
using model::CellKind;

// Returns nothing for what is not known.
std::optional<model::Register> Lowerer::posix_call(
    Role role, const clang::CallExpr* call, const clang::FunctionDecl* callee,
    Args args) {
  const clang::SourceLocation at = call->getExprLoc();
  const llvm::StringRef name = callee->getName();
  const auto done = [&] { return constant(0); };
  switch (role) {
    case Role::kSpawn:
      return posix_thread(call, args);
    case Role::kJoin: {
      const Register handle = eval(args[0]);
      const Register cell = temporary(args[0]->getType(), at);
      effect(Op::kStore, {.a = cell, .b = handle}, at);
      effect(Op::kJoin, {.a = cell}, at);
      effect(Op::kHavoc, {.a = eval(args[1]), .imm = 1}, at);
      return done();
    }
    case Role::kCallOnce: {
      const Register flag = eval(args[0]);
      effect(Op::kBecome,
             {.a = flag, .imm = static_cast<std::int64_t>(CellKind::kOnce)},
             at);
      return run_once(call, flag, args[1], {});
    }
    case Role::kCondWait:
    case Role::kCondWaitFor: {
      const Register condition = eval(args[0]);
      const Register lock = eval(args[1]);
      const bool waits = role == Role::kCondWait;
      if (waits) effect(Op::kCondEnter, {.a = condition}, at);
      effect(Op::kUnlock, {.a = lock}, at);
      effect(waits ? Op::kCondWait : Op::kYield,
             {.a = waits ? condition : model::kNoRegister}, at);
      effect(Op::kLock, {.a = lock}, at);
      return waits ? done() : unknown(at);
    }
    case Role::kNotify:
    case Role::kNotifyAll:
      effect(Op::kNotify, {.a = eval(args[0]), .imm = role == Role::kNotifyAll},
             at);
      return done();
    case Role::kArriveAndWait:
      meeting_role(role, call, eval(args[0]), {}, {});
      return unknown(at);
    case Role::kSemAcquire:
    case Role::kSemRelease:
    case Role::kSemTryAcquire:
      lock_role(role, call, eval(args[0]), {}, {});
      return role == Role::kSemTryAcquire ? unknown(at) : done();
    case Role::kPosix:
      posix_init(call, name, args);
      return done();
    default:
      return posix_lock(role, call, name, args);
  }
}

std::optional<model::Register> Lowerer::posix_lock(Role role,
                                                   const clang::CallExpr* call,
                                                   llvm::StringRef name,
                                                   Args args) {
  const clang::SourceLocation at = call->getExprLoc();
  if (role < Role::kLock || role > Role::kRUnlock) return std::nullopt;
  const Register lock = eval(args[0]);
  if (name.starts_with("pthread_spin"))
    effect(Op::kBecome,
           {.a = lock, .imm = static_cast<std::int64_t>(CellKind::kMutex)}, at);
  switch (role) {
    case Role::kTryLock:
    case Role::kTryRLock: {
      const bool shared = role == Role::kTryRLock;
      const Register taken =
          value(Op::kTryLock, {.a = lock, .imm = shared}, at);
      return value(Op::kNot, {.a = taken}, at);
    }
    case Role::kUnlock:
      effect(Op::kUnlock, {.a = lock, .imm = name == "pthread_rwlock_unlock"},
             at);
      return constant(0);
    default:
      effect(role == Role::kLock ? Op::kLock : Op::kRLock, {.a = lock}, at);
      return constant(0);
  }
}

// pthread_create(&thread, attributes, function, argument)
model::Register Lowerer::posix_thread(const clang::CallExpr* call, Args args) {
  const clang::SourceLocation at = call->getExprLoc();
  const Register cell = eval(args[0]);
  const Register handle =
      spawn(call, args[2], args.subspan(3), model::kNoRegister, true);
  effect(Op::kStore, {.a = cell, .b = handle}, at);
  return constant(0);
}

void Lowerer::posix_init(const clang::CallExpr* call, llvm::StringRef name,
                         Args args) {
  const clang::SourceLocation at = call->getExprLoc();
  if (name == "pthread_exit") {
    // The destructors between here and the end of the thread do not run.
    const bool outermost = declaration_->getNumParams() == 1 &&
                           declaration_->getReturnType()->isVoidPointerType();
    effect(outermost ? Op::kReturn : Op::kStop, {}, at);
    return;
  }
  const Register object = eval(args[0]);
  const auto is_null = [&](const clang::Expr* pointer) {
    return pointer->isNullPointerConstant(
               unit_.context(), clang::Expr::NPC_ValueDependentIsNull) !=
           clang::Expr::NPCK_NotNull;
  };
  if (name == "pthread_mutex_init" && !is_null(args[1]))
    effect(Op::kRecursive, {.a = object}, at);
  if (name == "pthread_barrier_init")
    effect(Op::kExpect, {.a = object, .b = eval(args[2])}, at);
  if (name == "sem_init")
    effect(Op::kRelease, {.a = object, .b = eval(args[2])}, at);
}

// __atomic_fetch_add(&number, 1, order) and its kin.
model::Register Lowerer::atomic_builtin(const clang::AtomicExpr* expression) {
  using Kind = clang::AtomicExpr;
  const clang::SourceLocation at = expression->getExprLoc();
  const Register address = eval(expression->getPtr());
  const auto order = [&]() -> std::int64_t {
    clang::Expr::EvalResult result;
    const clang::Expr* given = expression->getOrder();
    if (given->isValueDependent() ||
        !given->EvaluateAsInt(result, unit_.context()))
      return 5;  // seq_cst
    return result.Val.getInt().getExtValue();
  };
  const auto operand = [&] { return eval(expression->getVal1()); };
  const auto update = [&](Arith arith, Register by) {
    return value(Op::kAtomicRmw,
                 {.a = address,
                  .b = by,
                  .c = 1,
                  .imm = static_cast<std::int64_t>(arith)},
                 at);
  };
  switch (expression->getOp()) {
    case Kind::AO__atomic_load_n:
    case Kind::AO__c11_atomic_load:
      return value(Op::kAtomicLoad,
                   {.a = address, .c = 1, .imm = order() != 0 && order() != 3},
                   at);
    case Kind::AO__atomic_store_n:
    case Kind::AO__c11_atomic_store:
      effect(Op::kAtomicStore,
             {.a = address, .b = operand(), .c = 1, .imm = order() != 0}, at);
      return constant(0);
    case Kind::AO__atomic_fetch_add:
    case Kind::AO__c11_atomic_fetch_add:
      return update(Arith::kAdd, operand());
    case Kind::AO__atomic_fetch_sub:
    case Kind::AO__c11_atomic_fetch_sub:
      return update(Arith::kSub, operand());
    case Kind::AO__atomic_exchange_n:
    case Kind::AO__c11_atomic_exchange:
      return update(Arith::kAssign, operand());
    default:
      update(Arith::kOther, unknown(at));
      return unknown(at);
  }
}

}  // namespace chansan::lower
