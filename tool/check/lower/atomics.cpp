// Operations on std::atomic.
#include "tool/check/lower/lowerer.h"
#include "tool/check/lower/names.h"

namespace chansan::lower {
namespace {

// Whether it is an operation of a std::atomic_ref.
bool is_reference(const clang::Expr* call) {
  const auto* written = llvm::dyn_cast<clang::CallExpr>(call);
  const auto* method = written ? llvm::dyn_cast_or_null<clang::CXXMethodDecl>(
                                     written->getDirectCallee())
                               : nullptr;
  if (!method) return false;
  const std::string owner = qualified_name(method->getParent());
  return owner == "std::atomic_ref" ||
         llvm::StringRef(owner).starts_with("std::__atomic_ref");
}

}  // namespace

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
  const bool refers = is_reference(call);
  const Register plain = refers ? Register{1} : model::kNoRegister;
  if (refers) self = value(Op::kLoad, {.a = self}, at);
  const auto rmw = [&](model::Arith arith, Register b) {
    return value(Op::kAtomicRmw,
                 {.a = self,
                  .b = b,
                  .c = plain,
                  .imm = static_cast<std::int64_t>(arith)},
                 at);
  };
  switch (role) {
    case Role::kAtomicLoad: {
      const std::int64_t order = order_of(0);
      return value(Op::kAtomicLoad,
                   {.a = self, .c = plain, .imm = order != 0 && order != 3},
                   at);
    }
    case Role::kAtomicStore: {
      const bool clears = args.empty();
      const std::int64_t order = order_of(1);
      effect(Op::kAtomicStore,
             {.a = self,
              .b = clears ? constant(0) : operand(0),
              .c = plain,
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

}  // namespace chansan::lower
