// Containers whose elements the model follows, and their iterators.
#include "clang/AST/DeclTemplate.h"
#include "tool/check/lower/lowerer.h"
#include "tool/check/lower/names.h"

namespace chansan::lower {
namespace {

bool is_any(llvm::StringRef name,
            std::initializer_list<llvm::StringRef> names) {
  return std::ranges::find(names, name) != names.end();
}

constexpr std::int64_t number_of(model::Arith arith) {
  return static_cast<std::int64_t>(arith);
}

}  // namespace

void Lowerer::push_element(Register container, const clang::Expr* element,
                           clang::QualType type, clang::SourceLocation at) {
  const Register from = eval(element);
  const bool address =
      Types::by_address(element->getType()) || element->isGLValue();
  effect(Op::kPush,
         {.a = container,
          .b = from,
          .c = address ? Register{0} : Register{1},
          .imm = unit_.types().size(type)},
         at);
}

// The first cell of a key.
model::Register Lowerer::key_of(const clang::Expr* expression) {
  const Register from = eval(expression);
  if (!Types::by_address(expression->getType()) && !expression->isGLValue())
    return from;
  return value(Op::kLoad, {.a = from}, expression->getExprLoc());
}

model::Register Lowerer::find_element(Register container, Register key,
                                      clang::QualType element, bool adds,
                                      clang::SourceLocation at) {
  return value(Op::kFind,
               {.a = container,
                .b = key,
                .c = adds ? static_cast<Register>(unit_.layout(element))
                          : model::kNoRegister,
                .imm = unit_.types().size(element)},
               at);
}

std::optional<model::Register> Lowerer::sequence_member(
    llvm::StringRef name, const clang::CallExpr* call, Register self, Args args,
    const clang::CXXRecordDecl* record) {
  const clang::SourceLocation at = call->getExprLoc();
  const clang::QualType element = element_type(record);
  const std::uint32_t size = unit_.types().size(element);
  const auto at_index = [&](Register index) {
    return value(Op::kElement, {.a = self, .b = index, .imm = size}, at);
  };
  const auto count = [&] { return container_op(Op::kCount, self, size, at); };
  if ((name == "[]" || name == "at") && args.size() == 1)
    return at_index(eval(args[0]));
  if (name == "front") return at_index(constant(0));
  if (name == "back" || name == "top")
    return at_index(value(
        Op::kArith,
        {.a = count(), .b = constant(1), .imm = number_of(model::Arith::kSub)},
        at));
  const bool same_type =
      args.size() == 1 && unit_.context().hasSameUnqualifiedType(
                              args[0]->getType().getNonReferenceType(),
                              element.getNonReferenceType());
  if (is_any(name,
             {"push_back", "push", "emplace_back", "emplace", "push_front"}) &&
      same_type) {
    push_element(self, args[0], element, at);
    return self;
  }
  if (is_any(name, {"emplace_back", "emplace"})) {
    if (name == "emplace" && qualified_name(record) == "std::vector")
      return std::nullopt;
    const Register before = count();
    const Register after = value(
        Op::kArith,
        {.a = before, .b = constant(1), .imm = number_of(model::Arith::kAdd)},
        at);
    effect(Op::kResize,
           {.a = self,
            .b = after,
            .c = static_cast<Register>(unit_.layout(element))},
           at);
    const Register place = at_index(before);
    construct_at(place, element, args, call);
    return place;
  }
  if (is_any(name, {"pop_back", "pop", "pop_front"})) {
    const bool front =
        name == "pop_front" ||
        (name == "pop" && qualified_name(record) == "std::queue");
    effect(Op::kPop,
           {.a = self, .c = front ? Register{1} : Register{0}, .imm = size},
           at);
    return constant(0);
  }
  if (name == "resize" && args.size() == 1) {
    effect(Op::kResize,
           {.a = self,
            .b = eval(args[0]),
            .c = static_cast<Register>(unit_.layout(element))},
           at);
    return constant(0);
  }
  return std::nullopt;
}

std::optional<model::Register> Lowerer::map_member(
    llvm::StringRef name, const clang::CallExpr* call, Register self, Args args,
    const clang::CXXRecordDecl* record) {
  const clang::SourceLocation at = call->getExprLoc();
  const clang::QualType element = element_type(record);
  const std::uint32_t size = unit_.types().size(element);
  const auto* pair = record_of(element);
  const bool keyed = pair && qualified_name(pair) == "std::pair" &&
                     qualified_name(record).ends_with("map");
  // Where the mapped value stands in the element.
  const clang::FieldDecl* second = nullptr;
  if (keyed)
    for (const auto* member : pair->fields()) second = member;
  const auto mapped = [&](Register found) {
    return field(found, unit_.types().field_offset(second), at);
  };
  if (args.empty()) return std::nullopt;
  if (keyed && (name == "[]" || name == "at"))
    return mapped(
        find_element(self, key_of(args[0]), element, name == "[]", at));
  if (args.size() == 1 && is_any(name, {"find", "count", "contains"})) {
    const Register found =
        find_element(self, key_of(args[0]), element, false, at);
    if (name == "find") {
      const Register it = temporary(call->getType(), at);
      effect(Op::kStore, {.a = it, .b = found}, at);
      return it;
    }
    const Register end = container_op(Op::kEnd, self, size, at);
    return value(
        Op::kArith,
        {.a = found, .b = end, .imm = number_of(model::Arith::kNotEqual)}, at);
  }
  if (name == "erase" && args.size() == 1) {
    effect(Op::kErase, {.a = self, .b = key_of(args[0]), .imm = size}, at);
    return unknown_value(call);
  }
  if (keyed && args.size() == 2 &&
      is_any(name, {"emplace", "try_emplace", "insert_or_assign"})) {
    const Register found =
        find_element(self, key_of(args[0]), element, true, at);
    construct_at(mapped(found), second->getType(), args.subspan(1), call);
    return unknown_value(call);
  }
  if (name == "insert" && args.size() == 1 && !keyed) {
    find_element(self, key_of(args[0]), element, true, at);
    return unknown_value(call);
  }
  const auto* given = keyed ? record_of(args[0]->getType()) : nullptr;
  if (name == "insert" && args.size() == 1 && given &&
      given->getCanonicalDecl() == pair->getCanonicalDecl()) {
    const Register from = eval(args[0]);
    const Register found = find_element(self, value(Op::kLoad, {.a = from}, at),
                                        element, true, at);
    effect(Op::kCopy, {.a = found, .b = from, .imm = size}, at);
    return unknown_value(call);
  }
  return std::nullopt;
}

std::optional<model::Register> Lowerer::iterator_operator(
    clang::OverloadedOperatorKind kind, const clang::CallExpr* call,
    Register self, const clang::CXXRecordDecl* record) {
  const clang::SourceLocation at = call->getExprLoc();
  if (kind == clang::OO_Star || kind == clang::OO_Arrow)
    return value(Op::kLoad, {.a = self}, at);
  if (kind != clang::OO_PlusPlus) return std::nullopt;
  const Register before = value(Op::kLoad, {.a = self}, at);
  const Register after =
      field(before, unit_.types().size(element_type(record)), at);
  effect(Op::kStore, {.a = self, .b = after}, at);
  if (call->getNumArgs() == 1) return self;
  const Register old = temporary(call->getType(), at);
  effect(Op::kStore, {.a = old, .b = before}, at);
  return old;
}

// std::array is a record of one array.
std::optional<model::Register> Lowerer::array_member(
    llvm::StringRef name, const clang::CallExpr* call, Register self, Args args,
    const clang::CXXRecordDecl* record) {
  const clang::SourceLocation at = call->getExprLoc();
  const auto* special =
      llvm::cast<clang::ClassTemplateSpecializationDecl>(record);
  const clang::QualType element = special->getTemplateArgs()[0].getAsType();
  const std::uint32_t step = unit_.types().size(element);
  const std::uint32_t all =
      unit_.types().size(unit_.context().getCanonicalTagType(record));
  const auto at_index = [&](Register index) {
    return value(Op::kIndex, {.a = self, .b = index, .c = all, .imm = step},
                 at);
  };
  if ((name == "[]" || name == "at") && args.size() == 1)
    return at_index(eval(args[0]));
  if (name == "front") return at_index(constant(0));
  if (is_any(name, {"begin", "cbegin", "data"})) return self;
  if (is_any(name, {"end", "cend"})) return field(self, all, at);
  if (name == "size") return constant(all / step);
  return std::nullopt;
}

std::optional<model::Register> Lowerer::container_member(
    const clang::CallExpr* call, const clang::FunctionDecl* callee,
    Register self, Args args) {
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(callee);
  if (!method || !method->isInstance()) return std::nullopt;
  const clang::SourceLocation at = call->getExprLoc();
  const auto* record = method->getParent();
  const auto kind = callee->getOverloadedOperator();
  const llvm::StringRef name = kind == clang::OO_Subscript ? "[]"
                               : callee->getDeclName().isIdentifier()
                                   ? callee->getName()
                                   : "";
  if (qualified_name(record) == "std::array")
    return array_member(name, call, self, args, record);
  const TypeRole role = named_type_role(record);
  if (role == TypeRole::kElementIterator)
    return iterator_operator(kind, call, self, record);
  if (role == TypeRole::kInitializerList) {
    if (name == "size") return value(Op::kLoad, {.a = field(self, 1, at)}, at);
    const Register first = value(Op::kLoad, {.a = self}, at);
    if (name == "begin") return first;
    if (name != "end") return std::nullopt;
    const Register cells =
        value(Op::kArith,
              {.a = value(Op::kLoad, {.a = field(self, 1, at)}, at),
               .b = constant(unit_.types().size(element_type(record))),
               .imm = number_of(model::Arith::kMul)},
              at);
    return value(Op::kArith,
                 {.a = first, .b = cells, .imm = number_of(model::Arith::kAdd)},
                 at);
  }
  if (role != TypeRole::kSequence && role != TypeRole::kMap)
    return std::nullopt;
  const std::uint32_t size = unit_.types().size(element_type(record));
  const bool adds = role == TypeRole::kMap && name == "[]";
  const bool looks = method->isConst() || only_looks(callee);
  if (!name.empty())
    effect(Op::kTouch, {.a = self, .imm = adds ? 0 : !looks},
           call->getBeginLoc());
  if (is_any(name, {"begin", "cbegin", "end", "cend"})) {
    const Register it = temporary(call->getType(), at);
    const Op op = name.ends_with("begin") ? Op::kFirst : Op::kEnd;
    effect(Op::kStore, {.a = it, .b = container_op(op, self, size, at)}, at);
    return it;
  }
  if (name == "size") return container_op(Op::kCount, self, size, at);
  if (name == "empty")
    return value(Op::kNot, {.a = container_op(Op::kCount, self, size, at)}, at);
  if (name == "clear") {
    effect(Op::kClear, {.a = self}, at);
    return constant(0);
  }
  if (name == "reserve") return constant(0);
  if (kind == clang::OO_Equal && args.size() == 1 &&
      record_of(args[0]->getType()) == record) {
    const bool moves = args[0]->isXValue() || args[0]->isPRValue();
    effect(Op::kTouch, {.a = self, .imm = 1}, call->getBeginLoc());
    const Register from = eval(args[0]);
    if (moves)
      effect(Op::kCopy, {.a = self, .b = from, .c = 1, .imm = 1}, at);
    else
      effect(Op::kClone, {.a = self, .b = from}, at);
    return self;
  }
  return role == TypeRole::kSequence
             ? sequence_member(name, call, self, args, record)
             : map_member(name, call, self, args, record);
}

// Of a new container of known size.
void Lowerer::construct_elements(Register container, clang::QualType element,
                                 const clang::Expr* call,
                                 const clang::Expr* size) {
  constexpr std::uint64_t kConstructedMax = 16;
  clang::Expr::EvalResult known;
  if (unit_.types().role(element) != TypeRole::kRecord ||
      !size->EvaluateAsInt(known, unit_.context()))
    return;
  const std::uint64_t count = known.Val.getInt().getLimitedValue();
  if (count > kConstructedMax) return;
  const std::uint32_t cells = unit_.types().size(element);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Register index = constant(static_cast<std::int64_t>(i));
    construct_at(value(Op::kElement, {.a = container, .b = index, .imm = cells},
                       call->getExprLoc()),
                 element, {}, call);
  }
}

// Returns false if what is in it is not known.
bool Lowerer::construct_container(const clang::CXXConstructExpr* expression,
                                  Register self) {
  const clang::SourceLocation at = expression->getBeginLoc();
  const auto* record = record_of(expression->getType());
  const clang::QualType element = element_type(record);
  const auto* made = expression->getConstructor();
  unsigned count = 0;
  for (const clang::Expr* arg : expression->arguments())
    count += !llvm::isa<clang::CXXDefaultArgExpr>(arg);
  if (count == 0) return true;
  const clang::Expr* arg = expression->getArg(0);
  if (made->isMoveConstructor()) {
    effect(Op::kCopy, {.a = self, .b = eval(arg), .c = 1, .imm = 1}, at);
    return true;
  }
  if (made->isCopyConstructor()) {
    effect(Op::kTouch, {.a = eval(arg)}, at);
    effect(Op::kClone, {.a = self, .b = eval(arg)}, at);
    return true;
  }
  const bool sequence = named_type_role(record) == TypeRole::kSequence;
  if (sequence && count == 1 && arg->getType()->isIntegerType()) {
    effect(Op::kResize,
           {.a = self,
            .b = eval(arg),
            .c = static_cast<Register>(unit_.layout(element))},
           at);
    construct_elements(self, element, expression, arg);
    return true;
  }
  const auto* braced =
      llvm::dyn_cast<clang::CXXStdInitializerListExpr>(strip(arg));
  const auto* list =
      braced ? llvm::dyn_cast<clang::InitListExpr>(strip(braced->getSubExpr()))
             : nullptr;
  if (!list) return false;
  for (const clang::Expr* one : list->inits()) {
    if (sequence) {
      push_element(self, one, element, at);
      continue;
    }
    const Register from = eval(one);
    const bool address = Types::by_address(one->getType()) || one->isGLValue();
    const Register key = address ? value(Op::kLoad, {.a = from}, at) : from;
    const Register found = find_element(self, key, element, true, at);
    if (address)
      effect(Op::kCopy,
             {.a = found, .b = from, .imm = unit_.types().size(element)}, at);
  }
  return true;
}

model::Register Lowerer::lower_initializer_list(
    const clang::CXXStdInitializerListExpr* expression) {
  const clang::SourceLocation at = expression->getExprLoc();
  const Register first = eval(expression->getSubExpr());
  const auto* array = unit_.context().getAsConstantArrayType(
      expression->getSubExpr()->getType());
  const Register list = temporary(expression->getType(), at);
  if (unit_.types().size(expression->getType()) != 2 || !array) return list;
  effect(Op::kStore, {.a = list, .b = first}, at);
  const auto count =
      static_cast<std::int64_t>(array->getSize().getLimitedValue());
  effect(Op::kStore, {.a = field(list, 1, at), .b = constant(count)}, at);
  return list;
}

// A std::function from what can be called.
void Lowerer::construct_function(const clang::Expr* from, Register self,
                                 clang::SourceLocation at) {
  const auto* record = record_of(from->getType());
  if (record && named_type_role(record) == TypeRole::kFunction) {
    effect(Op::kCopy, {.a = self, .b = eval(from), .imm = 1}, at);
    return;
  }
  const Callee callee = callee_of(from, 0);
  const Register object = eval(from);
  Register made = model::kNoRegister;
  if (callee.has_self && callee.id != model::kNoFunction)
    made = value(Op::kClosure,
                 {.a = object,
                  .c = unit_.types().size(from->getType()),
                  .imm = callee.id},
                 at);
  else if (callee.dynamic != model::kNoRegister)
    made = callee.dynamic;
  else if (callee.id != model::kNoFunction)
    made = value(Op::kFunction, {.imm = callee.id}, at);
  else if (from->getType()->isNullPtrType())
    made = value(Op::kNil, {}, at);
  else if (record)
    effect(Op::kEscape,
           {.a = object, .imm = unit_.types().size(from->getType())}, at);
  effect(Op::kStore, {.a = self, .b = made}, at);
}

}  // namespace chansan::lower
