// Variables and their lives, and the code that all lowering is made of.
#include "tool/check/lower/lowerer.h"
#include "tool/check/lower/members.h"
#include "tool/check/lower/names.h"

namespace chansan::lower {

void Lowerer::declare(const clang::VarDecl* variable) {
  const clang::SourceLocation at = variable->getLocation();
  const clang::QualType type = variable->getType();
  if (variable->isStaticLocal() || variable->hasExternalStorage()) {
    // Its initialisation is ordered before all that passes here.
    unit_.global(variable);
    return;
  }
  const Register address = address_of_local(variable);
  const clang::Expr* init = variable->getInit();
  if (type->isReferenceType()) {
    const auto threads = thread_loops_.find(variable);
    const Register to = threads != thread_loops_.end()
                            ? variable_address(threads->second, false, at)
                        : init ? eval(init)
                               : unknown(at);
    effect(Op::kStore, {.a = address, .b = to}, at);
    out_.code.back().quiet = true;
    return;
  }
  if (!init) {
    effect(Op::kInit, {.a = address, .imm = unit_.layout(type)}, at);
    return;
  }
  const Register from = eval(init);
  if (init->isPRValue() || Types::by_address(type))
    assign(address, from, type, false, at);
  const TypeRole role = unit_.types().role(type);
  if (role != TypeRole::kScalar && role != TypeRole::kOpaque &&
      !variable->getName().starts_with("__"))
    effect(Op::kName,
           {.a = address, .imm = unit_.name(variable->getNameAsString())}, at);
}

// In a constructor: from here on the object is one of this class.
void Lowerer::note_class(clang::SourceLocation at) {
  const auto* made = llvm::cast<clang::CXXConstructorDecl>(declaration_);
  const auto* record = made->getParent();
  if (unit_.types().role(unit_.context().getCanonicalTagType(record)) !=
      TypeRole::kRecord)
    return;
  for (const std::uint32_t cell : unit_.types().class_cells(record))
    effect(Op::kStore,
           {.a = field(lower_this(at), cell, at),
            .b = constant(unit_.class_id(record))},
           at);
}

// What the initializer makes lives in the object from the start: its
// constructor may hand out `this`.
void Lowerer::note_part(const clang::CXXCtorInitializer* initializer) {
  const clang::Expr* init = initializer->getInit();
  if (const auto* full = llvm::dyn_cast<clang::FullExpr>(init))
    init = full->getSubExpr();
  const auto* made =
      llvm::dyn_cast<clang::CXXConstructExpr>(init->IgnoreParenImpCasts());
  if (made && !made->getConstructor()->isCopyOrMoveConstructor() &&
      unit_.types().role(made->getType()) == TypeRole::kRecord)
    parts_[made] = initializer;
}

model::Register Lowerer::part_address(
    const clang::CXXCtorInitializer* initializer) {
  const clang::SourceLocation at = initializer->getSourceLocation();
  const Register self = lower_this(at);
  if (const clang::FieldDecl* member = initializer->getAnyMember())
    return field(self, unit_.types().field_offset(member), at);
  const auto* base = initializer->isBaseInitializer()
                         ? record_of({initializer->getBaseClass(), 0})
                         : nullptr;
  if (!base) return self;  // the other constructor's object is this one
  const auto* method = llvm::cast<clang::CXXMethodDecl>(declaration_);
  return field(self, unit_.types().base_offset(method->getParent(), base), at);
}

void Lowerer::initialise_member(const clang::CXXCtorInitializer* initializer) {
  const clang::Expr* init = initializer->getInit();
  const clang::SourceLocation at = initializer->getSourceLocation();
  set_context(init);
  const Register from = eval(init);
  const Register address = part_address(initializer);
  const clang::FieldDecl* member = initializer->getAnyMember();
  const bool reference = member && member->getType()->isReferenceType();
  const clang::Expr* bare = init;
  if (const auto* full = llvm::dyn_cast<clang::FullExpr>(init))
    bare = full->getSubExpr();
  if (reference)
    effect(Op::kStore, {.a = address, .b = from}, at);
  else if (!parts_.contains(bare->IgnoreParenImpCasts()))
    assign(address, from, member ? member->getType() : init->getType(), false,
           at);
  if (member)
    effect(Op::kName,
           {.a = address, .imm = unit_.name(member->getNameAsString())}, at);
  else
    note_class(at);
}

void Lowerer::return_value(const clang::ReturnStmt* statement) {
  // The result travels in the register that the return reads; what the
  // destructors between here and the end do cannot change it.
  const clang::Expr* result = statement->getRetValue();
  if (!result) return;
  const Register from = eval(result);
  if (!return_register_) return_register_ = fresh();
  effect(Op::kMove, {.a = from}, statement->getBeginLoc());
  out_.code.back().dst = *return_register_;
  if (Types::by_address(result->getType()) && result->isPRValue())
    return_cells_ = unit_.types().size(result->getType());
}

void Lowerer::destroy_variable(const clang::VarDecl* variable,
                               const clang::Stmt* trigger) {
  set_context(trigger);
  if (variable->getType()->isReferenceType()) return;
  const clang::SourceLocation at =
      trigger ? trigger->getEndLoc() : variable->getLocation();
  const auto found = locals_.find(variable);
  if (found == locals_.end()) return;
  destroy(address_of_local(variable), variable->getType(), at);
}

void Lowerer::destroy(Register address, clang::QualType type,
                      clang::SourceLocation at) {
  switch (unit_.types().role(type)) {
    case TypeRole::kGuard:
      release_guard(address, unit_.types().size(type), at);
      return;
    case TypeRole::kJoiningThread:
    case TypeRole::kFuture:
    case TypeRole::kThreads:
      effect(Op::kJoin, {.a = address, .imm = 1}, at);
      return;
    case TypeRole::kPromise:  // its future throws now
    case TypeRole::kTask:
      effect(Op::kFulfil,
             {.a = field(address, unit_.types().size(type) - 1, at)}, at);
      return;
    case TypeRole::kTimerHandle:
      effect(Op::kDisarm, {.a = address}, at);
      return;
    case TypeRole::kRecord:
      break;
    default:
      return;
  }
  const auto* record = record_of(type);
  const auto* destructor = record->getDestructor();
  if (destructor && destructor->isUserProvided()) {
    const model::FunctionId id = unit_.function_anywhere(destructor);
    if (id != model::kNoFunction) {
      const std::size_t branch = out_.code.size();
      effect(Op::kLinked, {.imm = id}, at);
      effect(Op::kCall, {.imm = id}, at);
      out_.code.back().args = {{address, model::Pass::kValue, 1}};
      out_.code[branch].b = static_cast<Register>(out_.code.size());
    }
  }
  for (const auto* member : record->fields())
    if (!member->getType()->isReferenceType())
      destroy(field(address, unit_.types().field_offset(member), at),
              member->getType(), at);
}

model::Register Lowerer::emit(Op op, const Operands& operands,
                              clang::SourceLocation at, bool has_result) {
  model::Instruction instruction;
  instruction.op = op;
  instruction.guarded = guarded_now_;
  instruction.loop = loop_;
  instruction.site = at.isValid() ? unit_.site(at) : model::kNoSite;
  instruction.a = operands.a;
  instruction.b = operands.b;
  instruction.c = operands.c;
  instruction.imm = operands.imm;
  if (has_result) instruction.dst = fresh();
  if (op == Op::kReturn && return_register_) {
    instruction.a = *return_register_;
    instruction.imm = return_cells_;
  }
  const Register result = instruction.dst;
  out_.code.push_back(std::move(instruction));
  return result;
}

model::Register Lowerer::constant(std::int64_t number) {
  return value(Op::kConst, {.imm = number}, {});
}

model::Register Lowerer::unknown(clang::SourceLocation at) {
  return value(Op::kUnknown, {}, at);
}

// An address that is not known: nothing it leads to is.
model::Register Lowerer::nowhere(clang::SourceLocation at) {
  const Register result = fresh();
  effect(Op::kMove, {}, at);
  out_.code.back().dst = result;
  return result;
}

std::uint32_t Lowerer::local_cells(clang::QualType type) {
  const auto offset = static_cast<std::uint32_t>(out_.cells.size());
  // Their lives begin where they are declared, not with the call.
  out_.cells.resize(offset + unit_.types().size(type),
                    model::CellKind::kUnknown);
  return offset;
}

model::Register Lowerer::temporary(clang::QualType type,
                                   clang::SourceLocation at) {
  const Register address = value(Op::kLocal, {.imm = local_cells(type)}, at);
  effect(Op::kInit, {.a = address, .imm = unit_.layout(type)}, at);
  return address;
}

model::Register Lowerer::address_of_local(const clang::VarDecl* variable) {
  const auto found = locals_.find(variable);
  std::uint32_t offset = 0;
  if (found == locals_.end()) {
    offset = local_cells(variable->getType());
    locals_[variable] = offset;
    out_.variables.push_back({variable->getNameAsString(), offset,
                              unit_.types().size(variable->getType()),
                              unit_.site(variable->getLocation()), true,
                              loop_variables_.contains(variable),
                              unit_.types().sort(variable->getType())});
    add_members(out_.variables, variable->getType(), unit_.types());
  } else {
    offset = found->second;
  }
  return value(Op::kLocal, {.imm = offset}, variable->getLocation());
}

void Lowerer::assign(Register address, Register from, clang::QualType type,
                     bool tracked, clang::SourceLocation at) {
  if (Types::by_address(type))
    effect(Op::kCopy,
           {.a = address, .b = from, .imm = unit_.types().size(type)}, at);
  else
    effect(Op::kStore, {.a = address, .b = from, .imm = tracked}, at);
}

model::Register Lowerer::field(Register base,
                               std::optional<std::uint32_t> offset,
                               clang::SourceLocation at) {
  if (!offset) return unknown(at);
  return value(Op::kField, {.a = base, .imm = *offset}, at);
}

model::Register Lowerer::load(Register address, clang::QualType type,
                              bool tracked, clang::SourceLocation at) {
  if (Types::by_address(type) || type->isFunctionType()) return address;
  return value(Op::kLoad, {.a = address, .imm = tracked}, at);
}

bool Lowerer::is_tracked(const clang::Expr* lvalue) const {
  lvalue = lvalue->IgnoreParenImpCasts();
  if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(lvalue)) {
    if (llvm::isa<clang::VarDecl>(member->getMemberDecl())) return true;
    return member->isArrow() || is_tracked(member->getBase());
  }
  if (const auto* element = llvm::dyn_cast<clang::ArraySubscriptExpr>(lvalue))
    return is_tracked(element->getBase());
  if (llvm::isa<clang::MaterializeTemporaryExpr>(lvalue)) return false;
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(lvalue))
    if (call->isCallToStdMove()) return is_tracked(call->getArg(0));
  const auto* reference = llvm::dyn_cast<clang::DeclRefExpr>(lvalue);
  if (!reference) return true;
  const auto* variable = llvm::dyn_cast<clang::VarDecl>(reference->getDecl());
  if (!variable) return false;
  if (variable->getType().isConstQualified()) return false;
  if (variable->hasGlobalStorage()) return true;
  return variable->getType()->isReferenceType() ||
         reference->refersToEnclosingVariableOrCapture() ||
         exposed_.contains(variable);
}

}  // namespace chansan::lower
