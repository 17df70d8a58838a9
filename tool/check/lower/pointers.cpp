// Smart pointers: the ways to the same object under another name, and what
// they are compared with.
#include "clang/AST/DeclTemplate.h"
#include "tool/check/lower/lowerer.h"
#include "tool/check/lower/names.h"

namespace chansan::lower {
namespace {

// The first argument of a class template.
const clang::CXXRecordDecl* first_record(const clang::CXXRecordDecl* record) {
  const auto* special =
      llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(record);
  if (!special || special->getTemplateArgs().size() == 0 ||
      special->getTemplateArgs()[0].getKind() != clang::TemplateArgument::Type)
    return nullptr;
  return record_of(special->getTemplateArgs()[0].getAsType());
}

}  // namespace

// From a pointer to an object of one class to one of another, up or down.
model::Register Lowerer::to_class(Register address,
                                  const clang::CXXRecordDecl* from,
                                  const clang::CXXRecordDecl* to,
                                  clang::SourceLocation at) {
  if (!from || !to || from->getCanonicalDecl() == to->getCanonicalDecl())
    return address;
  if (const auto up = unit_.types().ancestor_offset(from, to))
    return *up == 0 ? address : field(address, *up, at);
  if (const auto down = unit_.types().ancestor_offset(to, from); down == 0)
    return address;
  return to_derived(address, to, from, at);
}

// A pointer that may be empty for a reason that is not seen: it has expired,
// or the object is of another class. Where it is, nothing is proved.
model::Register Lowerer::maybe(Register address, clang::QualType type,
                               clang::SourceLocation at) {
  const Register box = temporary(type, at);
  const std::size_t branch =
      branch_placeholder(value(Op::kUnknown, {.imm = 1}, at), at);
  effect(Op::kStore, {.a = box, .b = address}, at);
  branch_here(branch, model::Side::kFalse);
  return box;
}

std::optional<model::Register> Lowerer::pointer_member(
    const clang::CallExpr* call, const clang::CXXMethodDecl* method,
    Register self) {
  const clang::SourceLocation at = call->getExprLoc();
  const std::string owner = qualified_name(method->getParent());
  const llvm::StringRef name =
      method->getDeclName().isIdentifier() ? method->getName() : "";
  if (owner == "std::enable_shared_from_this" &&
      (name == "shared_from_this" || name == "weak_from_this")) {
    const Register box = temporary(call->getType(), at);
    const auto* whole = first_record(method->getParent());
    const Register object = to_derived(self, whole, method->getParent(), at);
    effect(Op::kStore, {.a = box, .b = object}, at);
    return box;
  }
  if (owner == "std::weak_ptr" && name == "lock")
    return maybe(value(Op::kLoad, {.a = self}, at), call->getType(), at);
  if (llvm::StringRef(owner).starts_with("std::__weak_ptr") &&
      (name == "expired" || name == "use_count"))
    return unknown(at);
  return std::nullopt;
}

// std::static_pointer_cast and its kin.
std::optional<model::Register> Lowerer::pointer_cast(
    const clang::CallExpr* call, const clang::FunctionDecl* callee, Args args) {
  if (args.size() != 1 || !callee->getDeclName().isIdentifier() ||
      !callee->getName().ends_with("_pointer_cast") ||
      !callee->isInStdNamespace())
    return std::nullopt;
  const clang::SourceLocation at = call->getExprLoc();
  const Register source = eval(args[0]);
  read_handle(args[0], source);
  const Register object =
      to_class(value(Op::kLoad, {.a = source}, at),
               first_record(record_of(args[0]->getType())),
               first_record(record_of(call->getType())), at);
  if (callee->getName() == "dynamic_pointer_cast")
    return maybe(object, call->getType(), at);
  const Register box = temporary(call->getType(), at);
  effect(Op::kStore, {.a = box, .b = object}, at);
  return box;
}

// Whether both sides are one cell that says which object is meant.
std::optional<model::Register> Lowerer::compare_handles(
    const clang::CallExpr* call) {
  const clang::SourceLocation at = call->getExprLoc();
  std::vector<Register> sides;
  bool any = false;
  for (const clang::Expr* arg : call->arguments()) {
    const TypeRole role = unit_.types().role(arg->getType());
    if (arg->getType()->isNullPtrType()) {
      eval(arg);
      sides.push_back(value(Op::kNil, {}, at));
    } else if (role == TypeRole::kPointer || role == TypeRole::kChannel ||
               role == TypeRole::kFunction) {
      any = true;
      const Register address = eval(arg);
      read_handle(arg, address);
      sides.push_back(value(Op::kLoad, {.a = address}, at));
    }
  }
  if (!any || sides.size() != 2) return std::nullopt;
  return value(Op::kArith,
               {.a = sides[0],
                .b = sides[1],
                .imm = static_cast<std::int64_t>(model::Arith::kEqual)},
               at);
}

// A member of a base that is not the user's may hand out the whole object.
void Lowerer::escape_whole(const clang::CallExpr* call) {
  const auto* member = llvm::dyn_cast<clang::CXXMemberCallExpr>(call);
  const auto* cast =
      member
          ? llvm::dyn_cast<clang::CastExpr>(member->getImplicitObjectArgument())
          : nullptr;
  if (!cast || (cast->getCastKind() != clang::CK_DerivedToBase &&
                cast->getCastKind() != clang::CK_UncheckedDerivedToBase))
    return;
  const clang::Expr* object = cast->getSubExpr();
  const clang::QualType type = object->getType()->isPointerType()
                                   ? object->getType()->getPointeeType()
                                   : object->getType();
  if (unit_.types().role(type) != TypeRole::kRecord) return;
  effect(Op::kEscape, {.a = eval(object), .imm = unit_.types().size(type)},
         call->getExprLoc());
}

// A std::error_code is the number that its operator bool asks for.
std::optional<model::Register> Lowerer::error_member(
    const clang::CallExpr* call, const clang::FunctionDecl* callee,
    Register self, Args args) {
  const clang::SourceLocation at = call->getExprLoc();
  const std::string name = qualified_name(callee);
  if (name == "std::make_error_code" && args.size() == 1) {
    const Register box = temporary(call->getType(), at);
    effect(Op::kStore, {.a = box, .b = eval(args[0])}, at);
    return box;
  }
  if (name == "std::error_code::value")
    return value(Op::kLoad, {.a = self}, at);
  if (name == "std::error_code::clear") {
    effect(Op::kStore, {.a = self, .b = constant(0)}, at);
    return constant(0);
  }
  return std::nullopt;
}

bool Lowerer::construct_error(const clang::CXXConstructExpr* expression,
                              Register self) {
  const clang::SourceLocation at = expression->getBeginLoc();
  if (qualified_name(record_of(expression->getType())) != "std::error_code")
    return false;
  if (expression->getNumArgs() == 0) {
    effect(Op::kStore, {.a = self, .b = constant(0)}, at);
    return true;
  }
  const clang::Expr* arg = expression->getArg(0);
  const Register from = eval(arg);
  const bool address = arg->isGLValue() || Types::by_address(arg->getType());
  effect(Op::kStore,
         {.a = self, .b = address ? value(Op::kLoad, {.a = from}, at) : from},
         at);
  return true;
}

}  // namespace chansan::lower
