// select: its cases, and what runs after the chosen one.
#include "tool/check/lower/lowerer.h"
#include "tool/check/lower/names.h"

namespace chansan::lower {

// What one argument of a select does, and the place or function that it names.
Lowerer::CaseParts Lowerer::select_case(const clang::Expr* arg) {
  const clang::SourceLocation at = arg->getExprLoc();
  CaseParts parts;
  model::SelectCase& one = parts.what;
  one.site = unit_.site(at);
  const auto* made = llvm::dyn_cast<clang::CallExpr>(strip(arg));
  const auto* callee = made ? made->getDirectCallee() : nullptr;
  const Role role = callee ? unit_.roles().of(callee) : Role::kNone;
  const unsigned count = made ? made->getNumArgs() : 0;
  if (role == Role::kRecvCase && count >= 1) {
    one.kind = model::SelectCase::Kind::kRecv;
    const Register channel = eval(made->getArg(0));
    read_handle(made->getArg(0), channel);
    one.channel = channel_value(channel, at);
    parts.element = unit_.types().payload(made->getArg(0)->getType());
    one.has = fresh();
    one.payload = fresh();
    const bool is_out =
        count == 2 &&
        unit_.types().role(made->getArg(1)->getType()) == TypeRole::kOptional;
    if (is_out) parts.out = eval(made->getArg(1));
    if (count == 2 && !is_out) parts.action = made->getArg(1);
  } else if (role == Role::kSendCase && count >= 2) {
    one.kind = model::SelectCase::Kind::kSend;
    const Register channel = eval(made->getArg(0));
    read_handle(made->getArg(0), channel);
    one.channel = channel_value(channel, at);
    const clang::Expr* sent = made->getArg(1);
    one.value = sent_value(sent, at);
    if (count == 3) parts.action = made->getArg(2);
  } else if (role == Role::kDefaultCase) {
    one.kind = model::SelectCase::Kind::kDefault;
    if (count == 1) parts.action = made->getArg(0);
  } else {
    eval(arg);  // a case that is not seen: it may always be ready
  }
  return parts;
}

void Lowerer::note_cases(const clang::CallExpr* call) {
  const auto* callee = call->getDirectCallee();
  if (!callee || unit_.roles().of(callee) != Role::kSelect) return;
  for (const clang::Expr* arg : call->arguments())
    in_select_[strip(arg)] = true;
}

// A case that is put away: at what time it is selected is not seen.
void Lowerer::keep_case(Args args, clang::SourceLocation at) {
  for (const clang::Expr* arg : args) {
    const Register reg = eval(arg);
    const clang::QualType type = arg->getType();
    if (!arg->isGLValue() && !Types::by_address(type)) continue;
    const std::uint32_t cells = unit_.types().size(type);
    effect(Op::kEscape, {.a = reg, .imm = cells}, at);
    if (unit_.types().role(type) == TypeRole::kOptional)
      effect(Op::kHavoc, {.a = reg, .imm = cells}, at);
  }
}

model::Register Lowerer::select(const clang::Expr* call, Args args) {
  const clang::SourceLocation at = call->getExprLoc();
  std::vector<CaseParts> all;
  std::vector<model::SelectCase> cases;
  for (const clang::Expr* arg : args) {
    all.push_back(select_case(arg));
    cases.push_back(all.back().what);
  }
  const auto id = static_cast<std::int64_t>(unit_.program().selects.size());
  unit_.program().selects.push_back(std::move(cases));
  const Register index = value(Op::kSelect, {.imm = id}, at);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].action && all[i].out == model::kNoRegister) continue;
    const bool is_default =
        all[i].what.kind == model::SelectCase::Kind::kDefault;
    const Register number =
        constant(is_default ? -1 : static_cast<std::int64_t>(i));
    const Register chosen =
        value(Op::kArith,
              {.a = index,
               .b = number,
               .imm = static_cast<std::int64_t>(model::Arith::kEqual)},
              at);
    const std::size_t branch = branch_placeholder(chosen, at);
    finish_case(all[i], at);
    branch_here(branch, model::Side::kFalse);
  }
  return index;
}

// After the case has run: its optional is set, its function called.
void Lowerer::finish_case(const CaseParts& parts, clang::SourceLocation at) {
  const auto fill = [&](Register box) {
    effect(Op::kStore, {.a = box, .b = parts.what.has}, at);
    put_payload(field(box, 1, at), parts.what.payload, parts.element, at);
  };
  if (parts.out != model::kNoRegister) fill(parts.out);
  if (!parts.action) return;
  const Callee callee = callee_of(parts.action, 0);
  const Register object = eval(parts.action);
  if (callee.id == model::kNoFunction && callee.dynamic == model::kNoRegister) {
    effect(Op::kEscape,
           {.a = object, .imm = unit_.types().size(parts.action->getType())},
           at);
    effect(Op::kOpaque, {.imm = 1}, at);
    return;
  }
  std::vector<model::Argument> passed;
  if (callee.has_self) passed.push_back({object, model::Pass::kValue, 1});
  if (parts.what.kind == model::SelectCase::Kind::kRecv) {
    const std::uint32_t cells = 1 + unit_.types().size(parts.element);
    const auto offset = static_cast<std::uint32_t>(out_.cells.size());
    out_.cells.insert(out_.cells.end(), cells, model::CellKind::kUnknown);
    const Register box = value(Op::kLocal, {.imm = offset}, at);
    fill(box);
    const bool by_reference =
        callee.declaration && callee.declaration->getNumParams() == 1 &&
        callee.declaration->getParamDecl(0)->getType()->isReferenceType();
    passed.push_back(
        {box, by_reference ? model::Pass::kValue : model::Pass::kCopy, cells});
  }
  value(Op::kCall, {.a = callee.dynamic, .imm = callee.id}, at);
  out_.code.back().args = std::move(passed);
}

}  // namespace chansan::lower
