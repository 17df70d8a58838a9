// Making and ending the objects that the model knows: locks' guards, handles,
// smart pointers.
#include "clang/AST/DeclTemplate.h"
#include "tool/check/lower/lowerer.h"
#include "tool/check/lower/names.h"

namespace chansan::lower {
namespace {

// A guard is this many cells for each of its locks.
constexpr std::uint32_t kGuardCells = 3;
constexpr std::uint32_t kOwned = 1;
constexpr std::uint32_t kShared = 2;

bool tag_is(const clang::Expr* expression, llvm::StringRef name) {
  const auto* record = record_of(expression->getType());
  return record && qualified_name(record) == name;
}

}  // namespace

void Lowerer::lock_guard(const clang::CXXConstructExpr* expression,
                         Register self) {
  const clang::SourceLocation at = expression->getBeginLoc();
  const bool shared = is_shared_guard(record_of(expression->getType()));
  bool adopt = false;
  bool defer = false;
  bool attempt = false;
  std::vector<Register> locks;
  for (const clang::Expr* arg : expression->arguments()) {
    if (tag_is(arg, "std::adopt_lock_t"))
      adopt = true;
    else if (tag_is(arg, "std::defer_lock_t"))
      defer = true;
    else if (tag_is(arg, "std::try_to_lock_t") ||
             !unit_.context().hasSameUnqualifiedType(arg->getType(),
                                                     expression->getType()))
      tag_is(arg, "std::try_to_lock_t") ? (void)(attempt = true)
                                        : locks.push_back(eval(arg));
  }
  const Register owned = constant(!defer);
  Register taken = owned;
  if (!adopt && !defer && !locks.empty()) {
    if (attempt) {
      taken = value(Op::kTryLock, {.a = locks[0], .imm = shared}, at);
    } else {
      effect(shared ? Op::kRLock : Op::kLock, {.a = locks[0]}, at);
      for (std::size_t i = 1; i < locks.size(); ++i)
        out_.code.back().args.push_back({locks[i]});
    }
  }
  for (std::size_t i = 0; i < locks.size(); ++i) {
    const auto base = static_cast<std::uint32_t>(i * kGuardCells);
    effect(Op::kStore, {.a = field(self, base, at), .b = locks[i]}, at);
    effect(Op::kStore, {.a = field(self, base + kOwned, at), .b = taken}, at);
    effect(Op::kStore,
           {.a = field(self, base + kShared, at), .b = constant(shared)}, at);
  }
}

// guard.lock(), guard.unlock(): also on a lock itself, as a condition
// variable's wait gets it.
void Lowerer::guard_operation(Role role, Register guard, clang::QualType type,
                              clang::SourceLocation at) {
  const bool locks = role == Role::kLock || role == Role::kTryLock;
  if (unit_.types().role(type) != TypeRole::kGuard) {
    effect(locks ? Op::kLock : Op::kUnlock, {.a = guard}, at);
    return;
  }
  const bool shared = is_shared_guard(record_of(type));
  const Register lock = value(Op::kLoad, {.a = guard}, at);
  const Op op = locks ? (shared ? Op::kRLock : Op::kLock)
                      : (shared ? Op::kRUnlock : Op::kUnlock);
  Register taken = constant(locks);
  if (role == Role::kTryLock)
    taken = value(Op::kTryLock, {.a = lock, .imm = shared}, at);
  else
    effect(op, {.a = lock}, at);
  effect(Op::kStore, {.a = field(guard, kOwned, at), .b = taken}, at);
}

// The end of a guard's life: unlocks what it still holds.
void Lowerer::release_guard(Register guard, std::uint32_t cells,
                            clang::SourceLocation at) {
  for (std::uint32_t base = 0; base + kGuardCells <= cells;
       base += kGuardCells) {
    const Register owned =
        value(Op::kLoad, {.a = field(guard, base + kOwned, at)}, at);
    const std::size_t held = branch_placeholder(owned, at);
    const Register lock = value(Op::kLoad, {.a = field(guard, base, at)}, at);
    const Register shared =
        value(Op::kLoad, {.a = field(guard, base + kShared, at)}, at);
    const std::size_t read = branch_placeholder(shared, at);
    effect(Op::kRUnlock, {.a = lock}, at);
    const std::size_t end = jump_placeholder(at);
    branch_here(read, model::Side::kFalse);
    effect(Op::kUnlock, {.a = lock}, at);
    jump_here(end);
    branch_here(held, model::Side::kFalse);
  }
}

void Lowerer::construct_optional(const clang::CXXConstructExpr* expression,
                                 Register self) {
  if (expression->getNumArgs() == 0) return;
  const clang::Expr* arg = expression->getArg(0);
  if (unit_.types().role(arg->getType()) == TypeRole::kOptional)
    read_handle(arg, eval(arg));
  assign_optional(self, expression->getType(), {&arg, 1},
                  expression->getBeginLoc());
}

// Becomes what `args` make: nothing, a copy, or a value.
void Lowerer::assign_optional(Register self, clang::QualType type, Args args,
                              clang::SourceLocation at) {
  const clang::Expr* arg = args.empty() ? nullptr : args[0];
  if (!arg || tag_is(arg, "std::nullopt_t")) {
    effect(Op::kStore, {.a = self, .b = constant(0)}, at);
    return;
  }
  const Register from = eval(arg);
  if (unit_.types().role(arg->getType()) == TypeRole::kOptional) {
    effect(Op::kCopy, {.a = self, .b = from, .imm = unit_.types().size(type)},
           at);
    return;
  }
  effect(Op::kStore, {.a = self, .b = constant(1)}, at);
  const clang::QualType held = unit_.types().payload(type);
  if (unit_.types().size(held) > 1 &&
      unit_.context().hasSameUnqualifiedType(
          held, arg->getType().getNonReferenceType())) {
    put_payload(field(self, 1, at), from, held, at);
    return;
  }
  const bool address = arg->isGLValue() || Types::by_address(arg->getType());
  const Register payload = address ? value(Op::kLoad, {.a = from}, at) : from;
  effect(Op::kStore, {.a = field(self, 1, at), .b = payload}, at);
}

// A handle of one cell: empty, a copy, or what a raw pointer says.
void Lowerer::construct_handle(const clang::CXXConstructExpr* expression,
                               Register self) {
  const clang::SourceLocation at = expression->getBeginLoc();
  if (expression->getNumArgs() == 0) return;
  const clang::Expr* arg = expression->getArg(0);
  const Register from = eval(arg);
  if (!Types::by_address(arg->getType())) {
    effect(Op::kStore,
           {.a = self,
            .b = arg->isGLValue() ? value(Op::kLoad, {.a = from}, at) : from},
           at);
    return;
  }
  const bool wrapper = qualified_name(record_of(expression->getType())) ==
                           "std::reference_wrapper" &&
                       !unit_.context().hasSameUnqualifiedType(
                           arg->getType(), expression->getType());
  if (wrapper) {
    effect(Op::kStore, {.a = self, .b = from}, at);
    return;
  }
  const bool moves =
      expression->getConstructor()->isMoveConstructor() && !arg->isPRValue();
  if (moves && arg->isXValue())
    change_handle(arg, from);
  else if (!moves)
    read_handle(arg, from);
  effect(Op::kCopy,
         {.a = self,
          .b = from,
          .c = moves ? Register{1} : Register{0},
          .imm = unit_.types().size(expression->getType())},
         at);
}

// Returns nothing if the type has no special meaning.
std::optional<model::Register> Lowerer::construct_known(
    const clang::CXXConstructExpr* expression, Register self) {
  const clang::SourceLocation at = expression->getBeginLoc();
  std::vector<const clang::Expr*> args(expression->arg_begin(),
                                       expression->arg_end());
  const bool copies = expression->getConstructor()->isCopyOrMoveConstructor();
  switch (unit_.types().role(expression->getType())) {
    case TypeRole::kGuard:
      if (copies)
        effect(Op::kCopy,
               {.a = self,
                .b = eval(args[0]),
                .c = 2,
                .imm = unit_.types().size(expression->getType())},
               at);
      else
        lock_guard(expression, self);
      return self;
    case TypeRole::kThread:
    case TypeRole::kJoiningThread:
      if (!copies && !args.empty()) {
        const Register handle =
            spawn(expression, args[0], Args(args).subspan(1),
                  model::kNoRegister, true);
        effect(Op::kStore, {.a = self, .b = handle}, at);
        return self;
      }
      construct_handle(expression, self);
      return self;
    case TypeRole::kChannel:
    case TypeRole::kIterator:
    case TypeRole::kFuture:
    case TypeRole::kPointer:
    case TypeRole::kContext:
    case TypeRole::kCancel:
    case TypeRole::kElementIterator:
      construct_handle(expression, self);
      return self;
    case TypeRole::kBarrier:
    case TypeRole::kPromise:
    case TypeRole::kTask:
    case TypeRole::kAtomicRef:
      construct_meeting(expression, self);
      return self;
    case TypeRole::kOptional:
      construct_optional(expression, self);
      return self;
    case TypeRole::kAtomic:
      if (args.size() == 1 && !copies)
        effect(Op::kStore, {.a = self, .b = eval(args[0]), .imm = 2}, at);
      return self;
    case TypeRole::kSemaphore:
      if (args.size() == 1)
        effect(Op::kRelease, {.a = self, .b = eval(args[0])}, at);
      return self;
    case TypeRole::kScalar:
      if (construct_error(expression, self)) return self;
      return std::nullopt;
    case TypeRole::kTimerHandle:
      if (copies) construct_handle(expression, self);
      return self;
    case TypeRole::kFunction:
      if (!args.empty()) construct_function(args[0], self, at);
      return self;
    case TypeRole::kSequence:
    case TypeRole::kMap:
      if (construct_container(expression, self)) return self;
      return std::nullopt;
    case TypeRole::kWaitGroup:
      if (args.size() == 1 && !copies)  // a latch
        effect(Op::kAdd, {.a = self, .b = eval(args[0])}, at);
      return self;
    case TypeRole::kMutex:
    case TypeRole::kCondition:
    case TypeRole::kOnce:
    case TypeRole::kThreads:
      return self;
    case TypeRole::kRecord:
      if (qualified_name(record_of(expression->getType())) == "std::pair" &&
          args.size() == 2) {
        construct_pair(expression, args, self,
                       record_of(expression->getType()));
        return self;
      }
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

// An argument that the standard library hands on: what the constructor takes
// may be made of it only there.
model::Argument Lowerer::pass_forwarded(const clang::Expr* arg,
                                        clang::QualType parameter,
                                        const clang::Expr* call) {
  const clang::SourceLocation at = arg->getExprLoc();
  const clang::QualType wanted = parameter.getNonReferenceType();
  const clang::QualType given = arg->getType().getNonReferenceType();
  if (!Types::by_address(wanted) ||
      unit_.context().hasSameUnqualifiedType(wanted, given))
    return pass(arg, parameter);
  const auto* to = record_of(wanted);
  const auto* from = record_of(given);
  if (parameter->isReferenceType() && to && from && from->hasDefinition() &&
      from->isDerivedFrom(to))
    return {to_class(eval(arg), from, to, at), model::Pass::kValue, 1};
  const std::uint32_t cells = unit_.types().size(wanted);
  const Register box = temporary(wanted, at);
  if (!construct_at(box, wanted, {&arg, 1}, call)) {
    const Register reg = eval(arg);
    if (arg->isGLValue() || Types::by_address(given))
      effect(Op::kEscape, {.a = reg, .imm = unit_.types().size(given)}, at);
    effect(Op::kHavoc, {.a = box, .imm = cells}, at);
  }
  if (parameter->isReferenceType()) return {box, model::Pass::kValue, 1};
  return {box, model::Pass::kCopy, cells};
}

// The constructor that takes as many arguments; `unique` becomes false if
// several do.
const clang::CXXConstructorDecl* Lowerer::constructor_for(
    const clang::CXXRecordDecl* record, Args args, bool& unique) {
  const clang::CXXConstructorDecl* made = nullptr;
  const clang::CXXConstructorDecl* exact = nullptr;
  for (const auto* one : record->ctors()) {
    if (one->isCopyOrMoveConstructor() || one->isDeleted() ||
        one->getNumParams() != args.size())
      continue;
    unique = unique && made == nullptr;
    made = one;
    bool fits = true;
    for (unsigned i = 0; i < args.size(); ++i)
      fits = fits && unit_.context().hasSameUnqualifiedType(
                         args[i]->getType().getNonReferenceType(),
                         one->getParamDecl(i)->getType().getNonReferenceType());
    if (fits && !args.empty()) exact = exact ? nullptr : one;
  }
  if (unique || !exact) return made;
  unique = true;
  return exact;
}

// A T at `address`, made from `args`. Returns whether all of it is known.
bool Lowerer::construct_at(Register address, clang::QualType type, Args args,
                           const clang::Expr* call) {
  const clang::SourceLocation at = call->getExprLoc();
  const auto* record = record_of(type);
  const bool same =
      args.size() == 1 && unit_.context().hasSameUnqualifiedType(
                              type, args[0]->getType().getNonReferenceType());
  if (same && Types::by_address(type)) {
    assign(address, eval(args[0]), type, false, at);
    return true;
  }
  const TypeRole role = unit_.types().role(type);
  if (record && role == TypeRole::kRecord) {
    bool unique = true;
    const auto* made = constructor_for(record, args, unique);
    const model::FunctionId id =
        made && unique ? unit_.function(made) : model::kNoFunction;
    if (id != model::kNoFunction) {
      std::vector<model::Argument> passed = {{address, model::Pass::kValue, 1}};
      for (unsigned i = 0; i < args.size(); ++i)
        passed.push_back(
            pass_forwarded(args[i], made->getParamDecl(i)->getType(), call));
      value(Op::kCall, {.imm = id}, at);
      out_.code.back().args = std::move(passed);
      return true;
    }
    if (args.empty() && unique) return true;
    effect(Op::kEscape, {.a = address, .imm = unit_.types().size(type)}, at);
    return false;
  }
  if (role == TypeRole::kFunction && args.size() == 1) {
    construct_function(args[0], address, at);
    return true;
  }
  if (role == TypeRole::kOptional) {
    assign_optional(address, type, args, at);
    return true;
  }
  if (args.size() == 1 && is_text(type)) {
    store_text(address, args[0], at);
    return true;
  }
  if (args.size() != 1) return args.empty();
  const bool by_address =
      args[0]->isGLValue() || Types::by_address(args[0]->getType());
  Register from = eval(args[0]);
  const bool handle =
      unit_.types().size(type) == 1 && role != TypeRole::kOpaque;
  if (by_address && handle) from = value(Op::kLoad, {.a = from}, at);
  if (by_address && !handle) return false;
  effect(Op::kStore, {.a = address, .b = from}, at);
  return true;
}

void Lowerer::construct_pair(const clang::Expr* call, Args args, Register self,
                             const clang::CXXRecordDecl* pair) {
  std::size_t i = 0;
  for (const auto* member : pair->fields()) {
    if (i >= args.size()) return;
    const Register address =
        field(self, unit_.types().field_offset(member), call->getExprLoc());
    if (member->getType()->isReferenceType())
      effect(Op::kStore, {.a = address, .b = eval(args[i])},
             call->getExprLoc());
    else
      construct_at(address, member->getType(), args.subspan(i, 1), call);
    ++i;
  }
}

// std::make_shared<T>(args...): a T on the heap, and its address in a handle.
model::Register Lowerer::make_pointer(const clang::CallExpr* call, Args args) {
  const clang::SourceLocation at = call->getExprLoc();
  const auto* special =
      llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(
          record_of(call->getType()));
  if (!special || special->getTemplateArgs().size() == 0 ||
      special->getTemplateArgs()[0].getKind() != clang::TemplateArgument::Type)
    return unknown_value(call);
  const clang::QualType type = special->getTemplateArgs()[0].getAsType();
  if (type->isArrayType()) return unknown_value(call);
  const Register address = value(Op::kAlloc, {.imm = unit_.layout(type)}, at);
  construct_at(address, type, args, call);
  const Register box = temporary(call->getType(), at);
  effect(Op::kStore, {.a = box, .b = address}, at);
  return box;
}

// `channel >> variable`: unchanged if nothing came.
void Lowerer::store_received(Register address, Register has,
                             const clang::Expr* out, clang::SourceLocation at) {
  const Register payload = received_;
  const std::size_t branch = branch_placeholder(has, at);
  const TypeRole role = unit_.types().role(out->getType());
  const std::uint32_t cells = unit_.types().size(out->getType());
  if (role == TypeRole::kOpaque || cells > 1) {
    if (is_tracked(out))
      effect(Op::kTouch, {.a = address, .c = Register{cells}, .imm = 1}, at);
    put_payload(address, payload, out->getType(), at);
  } else {
    effect(Op::kStore, {.a = address, .b = payload, .imm = is_tracked(out)},
           at);
  }
  branch_here(branch, model::Side::kFalse);
}

}  // namespace chansan::lower
