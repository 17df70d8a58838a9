// Barriers, promises and packaged tasks.
#include <algorithm>

#include "tool/check/lower/lowerer.h"
#include "tool/check/lower/names.h"

namespace chansan::lower {

namespace {

// Of the cells of a packaged task.
constexpr std::uint32_t kPromiseOfTask = 1;

bool keeps_promise(clang::QualType type, Types& types) {
  if (type->isReferenceType()) return false;
  const TypeRole role = types.role(type);
  if (role == TypeRole::kPromise || role == TypeRole::kTask) return true;
  return role == TypeRole::kRecord &&
         std::ranges::any_of(record_of(type)->fields(), [&](const auto* field) {
           return keeps_promise(field->getType(), types);
         });
}

}  // namespace

std::optional<model::Register> Lowerer::meeting_role(
    Role role, const clang::Expr* call, Register self, Args args,
    clang::QualType self_type) {
  const clang::SourceLocation at = call->getExprLoc();
  const auto number = [&] {
    return args.empty() || args[0]->isDefaultArgument() ? constant(1)
                                                        : eval(args[0]);
  };
  const bool task = unit_.types().role(self_type) == TypeRole::kTask;
  const auto promise = [&] {
    return task ? field(self, kPromiseOfTask, at) : self;
  };
  const auto handle_in_box = [&](Register from) {
    const Register box = temporary(call->getType(), at);
    effect(Op::kStore, {.a = box, .b = value(Op::kLoad, {.a = from}, at)}, at);
    return box;
  };
  switch (role) {
    case Role::kArrive: {
      const Register phase = value(Op::kArrive, {.a = self, .b = number()}, at);
      const Register token = temporary(call->getType(), at);
      effect(Op::kStore, {.a = token, .b = phase}, at);
      return token;
    }
    case Role::kArriveAndWait: {
      if (unit_.types().role(self_type) == TypeRole::kWaitGroup) {  // a latch
        const Register less =
            value(Op::kArith,
                  {.a = constant(0),
                   .b = number(),
                   .imm = static_cast<std::int64_t>(model::Arith::kSub)},
                  at);
        effect(Op::kAdd, {.a = self, .b = less}, at);
        effect(Op::kWait, {.a = self}, at);
        return constant(0);
      }
      const Register phase =
          value(Op::kArrive, {.a = self, .b = constant(1)}, at);
      effect(Op::kPhase, {.a = self, .b = phase}, at);
      return constant(0);
    }
    case Role::kArriveAndDrop:
      value(Op::kArrive, {.a = self, .b = constant(1), .imm = 1}, at);
      return constant(0);
    case Role::kPhaseWait:
      effect(Op::kPhase,
             {.a = self, .b = value(Op::kLoad, {.a = eval(args[0])}, at)}, at);
      return constant(0);
    case Role::kFulfil:
      for (const clang::Expr* arg : args) eval(arg);
      effect(Op::kFulfil, {.a = promise()}, at);
      return constant(0);
    case Role::kGetFuture:
      return handle_in_box(promise());
    case Role::kShare: {
      const Register box = handle_in_box(self);
      effect(Op::kStore, {.a = self, .b = value(Op::kNil, {}, at)}, at);
      return box;
    }
    case Role::kFutureWaitFor:
      effect(Op::kYield, {}, at);
      return unknown_value(call);
    default:
      return std::nullopt;
  }
}

void Lowerer::construct_meeting(const clang::CXXConstructExpr* expression,
                                Register self) {
  const clang::SourceLocation at = expression->getBeginLoc();
  const TypeRole role = unit_.types().role(expression->getType());
  if (expression->getConstructor()->isCopyOrMoveConstructor()) {
    construct_handle(expression, self);
    return;
  }
  if (expression->getNumArgs() == 0) return;
  const clang::Expr* arg = expression->getArg(0);
  if (role == TypeRole::kBarrier)
    effect(Op::kExpect, {.a = self, .b = eval(arg)}, at);
  if (role == TypeRole::kAtomicRef)
    effect(Op::kStore, {.a = self, .b = eval(arg)}, at);
  // With an allocator the function comes last.
  if (role == TypeRole::kTask)
    construct_function(expression->getArg(expression->getNumArgs() - 1), self,
                       at);
}

model::Register Lowerer::run_task(const clang::CallExpr* call,
                                  const clang::FunctionDecl* callee,
                                  Register self, Args args) {
  const clang::SourceLocation at = call->getExprLoc();
  const Register dynamic = value(Op::kLoad, {.a = self}, at);
  std::vector<model::Argument> passed;
  for (std::size_t i = 0; i < args.size(); ++i)
    passed.push_back(pass(args[i], callee->getParamDecl(i)->getType()));
  value(Op::kCall, {.a = dynamic}, at);
  out_.code.back().args = std::move(passed);
  effect(Op::kFulfil, {.a = field(self, kPromiseOfTask, at)}, at);
  return constant(0);
}

// What was handed to a thread is kept there: its promise is not broken when
// the variable that it was in, or the temporary, ends.
void Lowerer::leave_behind(const clang::Expr* given) {
  if (given->isXValue())
    leave_behind(eval(given), given->getType(), given->getExprLoc());
}

void Lowerer::leave_behind(Register address, clang::QualType type,
                           clang::SourceLocation at) {
  const TypeRole role = unit_.types().role(type);
  if (role == TypeRole::kPromise || role == TypeRole::kTask) {
    const std::uint32_t promise = unit_.types().size(type) - 1;
    effect(Op::kStore,
           {.a = field(address, promise, at), .b = value(Op::kNil, {}, at)},
           at);
  }
  if (role != TypeRole::kRecord) return;
  for (const auto* member : record_of(type)->fields())
    if (keeps_promise(member->getType(), unit_.types()))
      leave_behind(field(address, unit_.types().field_offset(member), at),
                   member->getType(), at);
}

}  // namespace chansan::lower
