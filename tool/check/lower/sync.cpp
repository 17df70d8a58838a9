// The calls that the model is about: goroutines, channels, locks.
#include "clang/AST/ASTLambda.h"
#include "clang/AST/DeclTemplate.h"
#include "tool/check/lower/lowerer.h"
#include "tool/check/lower/names.h"
#include "tool/check/lower/origin.h"

namespace chansan::lower {

namespace {

bool is_stack_size(const clang::Expr* argument) {
  const auto* record = record_of(argument->getType());
  return record && qualified_name(record) == "csp::stack_size";
}

}  // namespace

// The channel in the cell at `address`.
model::Register Lowerer::channel_value(Register address,
                                       clang::SourceLocation at) {
  return value(Op::kLoad, {.a = address}, at);
}

model::Register Lowerer::sent_value(const clang::Expr* sent,
                                    clang::SourceLocation at) {
  const Register from = eval(sent);
  const clang::QualType type = sent->getType();
  if (!Types::by_address(type) && !sent->isGLValue()) return from;
  const std::uint32_t cells = unit_.types().size(type);
  if (cells == 1) return value(Op::kLoad, {.a = from}, at);
  const Register copy = value(Op::kAlloc, {.imm = unit_.layout(type)}, at);
  effect(Op::kCopy, {.a = copy, .b = from, .imm = cells}, at);
  return copy;
}

// The other end: `payload` is what sent_value() made.
void Lowerer::put_payload(Register address, Register payload,
                          clang::QualType type, clang::SourceLocation at) {
  const std::uint32_t cells = unit_.types().size(type);
  if (cells > 1)
    effect(Op::kCopy, {.a = address, .b = payload, .imm = cells}, at);
  else
    effect(Op::kStore, {.a = address, .b = payload}, at);
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

// cv.wait(lock) and cv.wait(lock, ready): who waits is known to notifiers
// before the lock is given up. That a wait may end for no reason is nothing to
// rely on, so it never does.
void Lowerer::condition_wait(const clang::Expr* call, Register self, Args args,
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
  effect(Op::kCondEnter, {.a = self}, at);
  guard_operation(Role::kUnlock, guard, type, at);
  effect(Op::kCondWait, {.a = self}, at);
  guard_operation(Role::kLock, guard, type, at);
  if (!done) return;
  const std::size_t again = jump_placeholder(at);
  out_.code[again].imm = static_cast<std::int64_t>(start);
  branch_here(*done, model::Side::kTrue);
}

std::optional<model::Register> Lowerer::context_role(Role role,
                                                     const clang::Expr* call,
                                                     Register self, Args args) {
  const clang::SourceLocation at = call->getExprLoc();
  switch (role) {
    case Role::kBackground:
      return temporary(call->getType(), at);
    case Role::kContextDone: {
      const Register cell = temporary(call->getType(), at);
      effect(Op::kStore, {.a = cell, .b = value(Op::kLoad, {.a = self}, at)},
             at);
      return cell;
    }
    case Role::kCancel:
      effect(Op::kCancel, {.a = value(Op::kLoad, {.a = self}, at)}, at);
      return constant(0);
    case Role::kWithValue: {
      const Register cell = temporary(call->getType(), at);
      effect(Op::kStore,
             {.a = cell, .b = value(Op::kLoad, {.a = eval(args[0])}, at)}, at);
      return cell;
    }
    case Role::kWithCancel:
    case Role::kWithTimeout: {
      const Register parent = value(Op::kLoad, {.a = eval(args[0])}, at);
      const Register made =
          value(Op::kMakeContext,
                {.a = parent, .imm = role == Role::kWithTimeout}, at);
      const Register pair = temporary(call->getType(), at);
      for (const auto* member : record_of(call->getType())->fields())
        effect(Op::kStore,
               {.a = field(pair, unit_.types().field_offset(member), at),
                .b = made},
               at);
      return pair;
    }
    case Role::kAfterFunc: {
      const Register handle =
          spawn(call, args[1], {}, model::kNoRegister, true);
      for (auto one = out_.code.rbegin(); one != out_.code.rend(); ++one)
        if (one->op == Op::kSpawn) {
          one->op = Op::kSpawnLater;
          break;
        }
      const Register timer = temporary(call->getType(), at);
      effect(Op::kStore, {.a = timer, .b = handle}, at);
      return timer;
    }
    case Role::kTimerStop:
      return value(Op::kDisarm, {.a = self}, at);
    default:
      return std::nullopt;
  }
}

std::optional<model::Register> Lowerer::goroutine_role(Role role,
                                                       const clang::Expr* call,
                                                       Register self,
                                                       Args args) {
  const clang::SourceLocation at = call->getExprLoc();
  const auto done = [&] { return constant(0); };
  switch (role) {
    case Role::kSpawn:
      if (!args.empty() && is_stack_size(args[0])) args = args.subspan(1);
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
    case Role::kOnce:
      return run_once(call, self, args[0], {});
    case Role::kCallOnce:
      return run_once(call, eval(args[0]), args[1], args.subspan(2));
    default:
      return std::nullopt;
  }
}

std::optional<model::Register> Lowerer::channel_role(Role role,
                                                     const clang::Expr* call,
                                                     Register self, Args args) {
  const clang::SourceLocation at = call->getExprLoc();
  // Operators that are no members have their object first.
  const bool free = self == model::kNoRegister;
  const auto object = [&] {
    const Register address = free ? eval(args[0]) : self;
    read_handle(free ? args[0] : called_on(call), address);
    return address;
  };
  const auto operand = [&](std::size_t index) {
    const std::size_t i = index + (free ? 1 : 0);
    return i < args.size() ? args[i] : nullptr;
  };
  const auto done = [&] { return constant(0); };
  switch (role) {
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
      const Register what = sent_value(sent, at);
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
      put_payload(field(box, 1, at), received_,
                  unit_.types().payload(call->getType()), at);
      return box;
    }
    case Role::kClose:
      effect(Op::kClose, {.a = channel_value(object(), at)},
             call->getBeginLoc());
      return done();
    case Role::kCap:
      return value(Op::kCap, {.a = channel_value(object(), at)}, at);
    case Role::kRange: {
      const Register it = temporary(call->getType(), at);
      effect(Op::kStore, {.a = it, .b = channel_value(object(), at)}, at);
      return it;
    }
    case Role::kSelect:
      return select(call, args);
    case Role::kRecvCase:
    case Role::kSendCase:
    case Role::kDefaultCase:
      // Lowered by the select that they stand in.
      if (in_select_.contains(call))
        for (const clang::Expr* arg : args) eval(arg);
      else
        keep_case(args, at);
      return nowhere(at);
    default:
      return std::nullopt;
  }
}

std::optional<model::Register> Lowerer::lock_role(Role role,
                                                  const clang::Expr* call,
                                                  Register self, Args args,
                                                  clang::QualType self_type) {
  const clang::SourceLocation at = call->getExprLoc();
  const auto number = [&] {
    return args.empty() ? constant(1) : eval(args[0]);
  };
  const auto done = [&] { return constant(0); };
  switch (role) {
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
      condition_wait(call, self, args, role == Role::kCondWaitPred);
      return done();
    case Role::kCondWaitFor:
      // It ends in any case, at a time that is not known.
      if (args.empty()) return std::nullopt;
      guard_operation(Role::kUnlock, eval(args[0]), args[0]->getType(), at);
      effect(Op::kYield, {}, at);
      guard_operation(Role::kLock, eval(args[0]), args[0]->getType(), at);
      return unknown_value(call);
    case Role::kNotify:
    case Role::kNotifyAll:
      effect(Op::kNotify, {.a = self, .imm = role == Role::kNotifyAll}, at);
      return done();
    case Role::kWgAdd:
      effect(Op::kAdd, {.a = self, .b = number()}, at);
      return done();
    case Role::kWgDone:
      if (!args.empty() && !args[0]->isDefaultArgument()) {  // of a latch
        const Register less =
            value(Op::kArith,
                  {.a = constant(0),
                   .b = number(),
                   .imm = static_cast<std::int64_t>(model::Arith::kSub)},
                  at);
        effect(Op::kAdd, {.a = self, .b = less}, at);
        return done();
      }
      effect(Op::kDone, {.a = self}, at);
      return done();
    case Role::kWgWait:
      effect(Op::kWait, {.a = self}, at);
      return done();
    case Role::kSemAcquire:
      effect(Op::kAcquire, {.a = self, .b = number()}, at);
      return done();
    case Role::kSemTryAcquire:
      effect(Op::kEscape, {.a = self, .imm = 1}, at);
      return unknown(at);
    case Role::kSemRelease:
      effect(Op::kRelease, {.a = self, .b = number()}, at);
      return done();
    default:
      return std::nullopt;
  }
}

std::optional<model::Register> Lowerer::value_role(Role role,
                                                   const clang::Expr* call,
                                                   Register self, Args args) {
  const clang::SourceLocation at = call->getExprLoc();
  switch (role) {
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
    case Role::kMakePair: {
      const Register pair = temporary(call->getType(), at);
      construct_pair(call, args, pair, record_of(call->getType()));
      return pair;
    }
    case Role::kDetach:
    case Role::kNothing:
      return unknown_value(call);
    case Role::kUnseen:
      for (const clang::Expr* arg : args) {
        const bool points = arg->getType()->isPointerType();
        if (points) arg = origin_of(arg);
        const Register reg = eval(arg);
        const clang::QualType type =
            points ? arg->getType()->getPointeeType() : arg->getType();
        const bool known = !type->isIncompleteType() && !type->isFunctionType();
        if (points || arg->isGLValue())
          effect(Op::kEscape,
                 {.a = reg, .imm = known ? unit_.types().size(type) : 1}, at);
      }
      effect(Op::kOpaque, {.imm = 1}, at);
      return unknown_value(call);
    default:
      return std::nullopt;
  }
}

std::optional<model::Register> Lowerer::lower_role(Role role,
                                                   const clang::Expr* call,
                                                   Register self, Args args,
                                                   clang::QualType self_type) {
  if (const auto done = goroutine_role(role, call, self, args)) return done;
  if (const auto done = channel_role(role, call, self, args)) return done;
  if (const auto done = context_role(role, call, self, args)) return done;
  if (const auto done = lock_role(role, call, self, args, self_type))
    return done;
  if (const auto done = meeting_role(role, call, self, args, self_type))
    return done;
  return value_role(role, call, self, args);
}

}  // namespace chansan::lower
