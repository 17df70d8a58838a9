#include "tool/check/lower/lowerer.h"

#include <algorithm>

#include "clang/AST/ASTLambda.h"
#include "clang/Analysis/Analyses/PostOrderCFGView.h"
#include "tool/check/lower/names.h"

namespace chansan::lower {
namespace {

clang::CFG::BuildOptions build_options() {
  clang::CFG::BuildOptions options;
  options.AddImplicitDtors = true;
  options.AddInitializers = true;
  options.AddTemporaryDtors = true;
  options.AddCXXDefaultInitExprInCtors = true;
  options.setAllAlwaysAdd();
  return options;
}

// Whether the loop's body may go past its end by itself.
bool may_leave(const clang::Stmt* statement, bool in_inner_loop) {
  if (!statement) return false;
  if (llvm::isa<clang::ReturnStmt, clang::GotoStmt, clang::CXXThrowExpr>(
          statement))
    return true;
  if (llvm::isa<clang::BreakStmt>(statement)) return !in_inner_loop;
  if (llvm::isa<clang::LambdaExpr>(statement)) return false;
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(statement))
    if (const auto* callee = call->getDirectCallee();
        callee && callee->isNoReturn())
      return true;
  const bool inner =
      in_inner_loop ||
      llvm::isa<clang::ForStmt, clang::WhileStmt, clang::DoStmt,
                clang::CXXForRangeStmt, clang::SwitchStmt>(statement);
  return std::ranges::any_of(
      statement->children(),
      [&](const clang::Stmt* child) { return may_leave(child, inner); });
}

}  // namespace

model::Function Lowerer::run() {
  clang::Stmt* body = declaration_->getBody();
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(declaration_);
  if (method && method->getParent()->isLambda()) {
    method->getParent()->getCaptureFields(captures_, this_capture_);
  }
  declare_parameters();
  walk(body, 0, false);
  if (const auto* made =
          llvm::dyn_cast<clang::CXXConstructorDecl>(declaration_))
    for (const auto* initializer : made->inits())
      walk(initializer->getInit(), 0, false);
  const auto cfg = clang::CFG::buildCFG(declaration_, body, &unit_.context(),
                                        build_options());
  if (!cfg) return std::move(out_);
  lower_blocks(*cfg);
  out_.defined = true;
  return std::move(out_);
}

model::Function Lowerer::run_globals(
    std::span<const clang::VarDecl* const> globals,
    std::span<const clang::VarDecl* const> open) {
  for (const clang::VarDecl* variable : globals) {
    const clang::VarDecl* definition = variable->getDefinition();
    if (!definition) definition = variable->getActingDefinition();
    const clang::SourceLocation at = variable->getLocation();
    const Register address =
        value(Op::kGlobal, {.imm = *unit_.global(variable)}, at);
    const clang::QualType type = variable->getType();
    const clang::Expr* init = definition ? definition->getInit() : nullptr;
    if (init && !init->isValueDependent()) {
      walk(init, 0, false);
      if (type->isReferenceType())
        effect(Op::kStore, {.a = address, .b = eval(init)}, at);
      else
        assign(address, eval(init), type, false, at);
    } else if (definition && unit_.types().role(type) == TypeRole::kScalar) {
      // Static storage without initialiser is zero.
      effect(Op::kStore, {.a = address, .b = constant(0)}, at);
    }
    const auto named = unit_.name(variable->getNameAsString());
    effect(Op::kName, {.a = address, .imm = named}, at);
    if (std::ranges::find(open, variable) != open.end())
      effect(Op::kEscape, {.a = address, .imm = unit_.types().size(type)}, at);
  }
  effect(Op::kReturn, {}, {});
  out_.defined = true;
  return std::move(out_);
}

// --- What the statements are ---

void Lowerer::walk(const clang::Stmt* statement, std::uint16_t loop,
                   bool guarded) {
  if (!statement) return;
  loop_of_[statement] = loop;
  if (guarded) guarded_[statement] = true;
  note_statement(statement);
  if (llvm::isa<clang::ForStmt, clang::WhileStmt, clang::DoStmt,
                clang::CXXForRangeStmt>(statement)) {
    walk_loop(statement, loop, guarded);
    return;
  }
  if (const auto* attempt = llvm::dyn_cast<clang::CXXTryStmt>(statement)) {
    walk(attempt->getTryBlock(), loop, true);
    for (unsigned i = 0; i < attempt->getNumHandlers(); ++i)
      walk(attempt->getHandler(i), loop, guarded);
    return;
  }
  if (const auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(statement)) {
    for (const clang::Expr* init : lambda->capture_inits())
      walk(init, loop, guarded);
    return;
  }
  if (const auto* argument =
          llvm::dyn_cast<clang::CXXDefaultArgExpr>(statement))
    walk(argument->getExpr(), loop, guarded);
  for (const clang::Stmt* child : statement->children())
    walk(child, loop, guarded);
}

void Lowerer::walk_loop(const clang::Stmt* statement, std::uint16_t outer,
                        bool guarded) {
  const auto id = static_cast<std::uint16_t>(out_.loops.size());
  out_.loops.push_back(outer);
  loop_ids_[statement] = id;
  if (const auto* loop = llvm::dyn_cast<clang::ForStmt>(statement)) {
    if (const auto* init =
            llvm::dyn_cast_or_null<clang::DeclStmt>(loop->getInit()))
      for (const auto* decl : init->decls())
        if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl))
          loop_variables_[variable] = true;
    walk(loop->getInit(), outer, guarded);
    for (const clang::Stmt* part :
         {static_cast<const clang::Stmt*>(loop->getConditionVariableDeclStmt()),
          static_cast<const clang::Stmt*>(loop->getCond()),
          static_cast<const clang::Stmt*>(loop->getInc()), loop->getBody()})
      walk(part, id, guarded);
    return;
  }
  const auto* range = llvm::dyn_cast<clang::CXXForRangeStmt>(statement);
  if (!range) {
    for (const clang::Stmt* child : statement->children())
      walk(child, id, guarded);
    return;
  }
  if (range->getBeginStmt() && may_leave(range->getBody(), false))
    if (const auto* begin = llvm::dyn_cast<clang::VarDecl>(
            range->getBeginStmt()->getSingleDecl()))
      leavable_begin_[begin] = true;
  if (range->getRangeStmt() &&
      unit_.types().role(range->getRangeInit()->getType()) ==
          TypeRole::kThreads)
    thread_loops_[range->getLoopVariable()] =
        llvm::dyn_cast<clang::VarDecl>(range->getRangeStmt()->getSingleDecl());
  for (const clang::Stmt* part :
       {range->getInit(),
        static_cast<const clang::Stmt*>(range->getRangeStmt()),
        static_cast<const clang::Stmt*>(range->getBeginStmt()),
        static_cast<const clang::Stmt*>(range->getEndStmt())})
    walk(part, outer, guarded);
  for (const clang::Stmt* part :
       {static_cast<const clang::Stmt*>(range->getCond()),
        static_cast<const clang::Stmt*>(range->getInc()),
        static_cast<const clang::Stmt*>(range->getLoopVarStmt()),
        range->getBody()})
    walk(part, id, guarded);
}

void Lowerer::note_statement(const clang::Stmt* statement) {
  const auto expose = [&](const clang::Expr* expression) {
    const auto* reference =
        llvm::dyn_cast<clang::DeclRefExpr>(expression->IgnoreParenImpCasts());
    if (!reference) return;
    if (const auto* variable =
            llvm::dyn_cast<clang::VarDecl>(reference->getDecl()))
      exposed_[variable] = true;
  };
  if (const auto* declaration = llvm::dyn_cast<clang::DeclStmt>(statement)) {
    for (const auto* decl : declaration->decls())
      if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl)) {
        const clang::Expr* init = variable->getInit();
        if (!init) continue;
        if (variable->getType()->isReferenceType()) {
          expose(init);
          continue;
        }
        const clang::Expr* made = init->IgnoreUnlessSpelledInSource();
        for (const clang::Expr* one : {init->IgnoreParenImpCasts(), made})
          targets_[one] = variable;
        if (const auto* cleanups =
                llvm::dyn_cast<clang::ExprWithCleanups>(init))
          targets_[cleanups->getSubExpr()->IgnoreParenImpCasts()] = variable;
      }
  } else if (const auto* unary =
                 llvm::dyn_cast<clang::UnaryOperator>(statement)) {
    if (unary->getOpcode() == clang::UO_AddrOf) expose(unary->getSubExpr());
  } else if (const auto* lambda =
                 llvm::dyn_cast<clang::LambdaExpr>(statement)) {
    for (const clang::LambdaCapture& capture : lambda->captures())
      if (capture.capturesVariable() &&
          capture.getCaptureKind() == clang::LCK_ByRef)
        if (const auto* variable =
                llvm::dyn_cast<clang::VarDecl>(capture.getCapturedVar()))
          exposed_[variable] = true;
  } else if (const auto* call = llvm::dyn_cast<clang::CallExpr>(statement)) {
    const auto* callee = call->getDirectCallee();
    if (callee && unit_.roles().of(callee) == Role::kForward)
      for (const clang::Expr* arg : call->arguments()) expose(arg);
  } else if (const auto* choice =
                 llvm::dyn_cast<clang::ConditionalOperator>(statement)) {
    const Register result = fresh();
    phi_results_[choice] = result;
    phis_[choice->getTrueExpr()->IgnoreParens()].push_back(result);
    phis_[choice->getFalseExpr()->IgnoreParens()].push_back(result);
  } else if (const auto* binary =
                 llvm::dyn_cast<clang::BinaryOperator>(statement)) {
    if (!binary->isLogicalOp()) return;
    const Register result = fresh();
    phi_results_[binary] = result;
    phis_[binary->getLHS()->IgnoreParens()].push_back(result);
    phis_[binary->getRHS()->IgnoreParens()].push_back(result);
  }
}

void Lowerer::declare_parameters() {
  const auto add = [&](std::span<const model::CellKind> kinds) {
    const auto offset = static_cast<std::uint32_t>(out_.cells.size());
    out_.cells.insert(out_.cells.end(), kinds.begin(), kinds.end());
    out_.parameters.push_back(
        {offset, static_cast<std::uint32_t>(kinds.size())});
    return offset;
  };
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(declaration_);
  if (method && method->isInstance()) {
    const model::CellKind address = model::CellKind::kNil;
    this_cell_ = add({&address, 1});
  }
  for (const clang::ParmVarDecl* parameter : declaration_->parameters()) {
    const auto kinds = unit_.types().cells(parameter->getType());
    const std::uint32_t offset = add(kinds);
    locals_[parameter] = offset;
    out_.variables.push_back({parameter->getNameAsString(), offset,
                              static_cast<std::uint32_t>(kinds.size()),
                              unit_.site(parameter->getLocation()), true});
  }
}

// --- Control flow ---

void Lowerer::lower_blocks(const clang::CFG& cfg) {
  const clang::PostOrderCFGView order(&cfg);
  for (const clang::CFGBlock* block : order) {
    starts_[block] = out_.code.size();
    lower_block(*block);
  }
  patch_jumps();
}

void Lowerer::lower_block(const clang::CFGBlock& block) {
  loop_ = 0;
  guarded_now_ = false;
  for (const clang::CFGElement& element : block) lower_element(element);
  if (&block == &block.getParent()->getExit()) {
    effect(Op::kReturn, {}, declaration_->getEndLoc());
    return;
  }
  if (block.hasNoReturnElement()) {
    effect(Op::kStop, {}, {});
    return;
  }
  lower_terminator(block);
}

void Lowerer::set_context(const clang::Stmt* statement) {
  if (!statement) return;
  if (const auto found = loop_of_.find(statement); found != loop_of_.end())
    loop_ = found->second;
  else if (const auto* declaration = llvm::dyn_cast<clang::DeclStmt>(statement))
    // The CFG splits declarations; the initialiser is the program's own.
    if (const auto* variable = llvm::dyn_cast_or_null<clang::VarDecl>(
            declaration->isSingleDecl() ? declaration->getSingleDecl()
                                        : nullptr))
      if (variable->getInit()) set_context(variable->getInit());
  guarded_now_ = guarded_.contains(statement);
}

void Lowerer::lower_element(const clang::CFGElement& element) {
  if (const auto statement = element.getAs<clang::CFGStmt>()) {
    const clang::Stmt* stmt = statement->getStmt();
    set_context(stmt);
    if (const auto* expression = llvm::dyn_cast<clang::Expr>(stmt)) {
      eval(expression);
    } else if (const auto* declaration =
                   llvm::dyn_cast<clang::DeclStmt>(stmt)) {
      for (const auto* decl : declaration->decls())
        if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl))
          declare(variable);
    } else if (const auto* returned = llvm::dyn_cast<clang::ReturnStmt>(stmt)) {
      return_value(returned);
    }
  } else if (const auto initializer = element.getAs<clang::CFGInitializer>()) {
    initialise_member(initializer->getInitializer());
  } else if (const auto automatic =
                 element.getAs<clang::CFGAutomaticObjDtor>()) {
    destroy_variable(automatic->getVarDecl(), automatic->getTriggerStmt());
  } else if (const auto bound = element.getAs<clang::CFGTemporaryDtor>()) {
    const clang::Expr* expression = bound->getBindTemporaryExpr();
    const auto found = registers_.find(expression);
    if (found != registers_.end())
      destroy(found->second, expression->getType(), expression->getEndLoc());
  }
}

void Lowerer::lower_terminator(const clang::CFGBlock& block) {
  const auto successor = [&](unsigned index) -> const clang::CFGBlock* {
    if (block.succ_size() <= index) return nullptr;
    return (block.succ_begin() + index)->getReachableBlock();
  };
  const clang::Stmt* terminator = block.getTerminatorStmt();
  const clang::CFGBlock* on_true = successor(0);
  const clang::CFGBlock* on_false = successor(1);
  if (block.getTerminator().isTemporaryDtorsBranch()) {
    jump_to(on_false ? on_false : on_true);
    return;
  }
  if (const auto* cases =
          llvm::dyn_cast_or_null<clang::SwitchStmt>(terminator)) {
    lower_switch(block, cases);
    return;
  }
  if (!terminator || block.succ_size() < 2 || !on_true || !on_false) {
    jump_to(on_true ? on_true : on_false);
    return;
  }
  const auto loop = loop_ids_.find(terminator);
  const bool is_loop = loop != loop_ids_.end();
  set_context(terminator);
  if (is_loop) loop_ = loop->second;
  const auto* range = llvm::dyn_cast<clang::CXXForRangeStmt>(terminator);
  const bool over_threads =
      range && unit_.types().role(range->getRangeInit()->getType()) ==
                   TypeRole::kThreads;
  const auto* condition =
      llvm::dyn_cast_or_null<clang::Expr>(block.getTerminatorCondition());
  // `for (;;)` has no condition.
  Register a = condition ? eval(condition) : constant(1);
  if (condition && condition->isGLValue())
    a = load(a, condition->getType(), false, condition->getExprLoc());
  patches_.push_back({out_.code.size(), on_true, on_false});
  effect(over_threads ? Op::kOnceLoop : Op::kBranch, {.a = a},
         terminator->getBeginLoc());
  out_.code.back().loop_branch = is_loop;
}

void Lowerer::lower_switch(const clang::CFGBlock& block,
                           const clang::SwitchStmt* statement) {
  const clang::SourceLocation at = statement->getBeginLoc();
  const Register subject = eval(statement->getCond());
  const clang::CFGBlock* otherwise = nullptr;
  for (const auto& next : block.succs()) {
    const clang::CFGBlock* target = next.getReachableBlock();
    if (!target) continue;
    const auto* label =
        llvm::dyn_cast_or_null<clang::CaseStmt>(target->getLabel());
    clang::Expr::EvalResult result;
    if (!label || label->getRHS() ||
        !label->getLHS()->EvaluateAsInt(result, unit_.context())) {
      otherwise = target;
      continue;
    }
    const Register wanted = constant(result.Val.getInt().getExtValue());
    const Register equal =
        value(Op::kArith,
              {.a = subject,
               .b = wanted,
               .imm = static_cast<std::int64_t>(model::Arith::kEqual)},
              at);
    const std::size_t branch = out_.code.size();
    effect(Op::kBranch, {.a = equal}, at);
    patches_.push_back({branch, target, nullptr});
    out_.code[branch].b = static_cast<Register>(out_.code.size());
  }
  jump_to(otherwise);
}

void Lowerer::jump_to(const clang::CFGBlock* block) {
  if (!block) {
    effect(Op::kStop, {}, {});
    return;
  }
  patches_.push_back({out_.code.size(), block, nullptr});
  effect(Op::kJump, {}, {});
}

void Lowerer::patch_jumps() {
  const std::size_t stop = out_.code.size();
  effect(Op::kStop, {}, {});  // for blocks that cannot be reached
  const auto start_of = [&](const clang::CFGBlock* block) {
    const auto found = starts_.find(block);
    return found == starts_.end() ? stop : found->second;
  };
  for (const Patch& patch : patches_) {
    model::Instruction& instruction = out_.code[patch.at];
    instruction.imm = static_cast<std::int64_t>(start_of(patch.on_true));
    if (patch.on_false)
      instruction.b = static_cast<Register>(start_of(patch.on_false));
  }
}

std::size_t Lowerer::branch_placeholder(Register condition,
                                        clang::SourceLocation at) {
  effect(Op::kBranch, {.a = condition}, at);
  const std::size_t branch = out_.code.size() - 1;
  out_.code[branch].imm = static_cast<std::int64_t>(branch + 1);
  return branch;
}

void Lowerer::branch_here(std::size_t at, model::Side side) {
  if (side == model::Side::kTrue)
    out_.code[at].imm = static_cast<std::int64_t>(out_.code.size());
  else
    out_.code[at].b = static_cast<Register>(out_.code.size());
}

std::size_t Lowerer::jump_placeholder(clang::SourceLocation at) {
  effect(Op::kJump, {}, at);
  return out_.code.size() - 1;
}

void Lowerer::jump_here(std::size_t at) {
  out_.code[at].imm = static_cast<std::int64_t>(out_.code.size());
}

// --- Variables ---

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
  if (role != TypeRole::kScalar && role != TypeRole::kOpaque)
    effect(Op::kName,
           {.a = address, .imm = unit_.name(variable->getNameAsString())}, at);
}

void Lowerer::initialise_member(const clang::CXXCtorInitializer* initializer) {
  const clang::Expr* init = initializer->getInit();
  const clang::SourceLocation at = initializer->getSourceLocation();
  set_context(init);
  const Register self = lower_this(at);
  const Register from = eval(init);
  if (const clang::FieldDecl* member = initializer->getAnyMember()) {
    const Register address =
        field(self, unit_.types().field_offset(member), at);
    if (member->getType()->isReferenceType())
      effect(Op::kStore, {.a = address, .b = from}, at);
    else
      assign(address, from, member->getType(), false, at);
    effect(Op::kName,
           {.a = address, .imm = unit_.name(member->getNameAsString())}, at);
  } else if (initializer->isBaseInitializer()) {
    const auto* base =
        record_of(clang::QualType(initializer->getBaseClass(), 0));
    const auto* method = llvm::cast<clang::CXXMethodDecl>(declaration_);
    if (base)
      assign(
          field(self, unit_.types().base_offset(method->getParent(), base), at),
          from, clang::QualType(initializer->getBaseClass(), 0), false, at);
  }
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
      effect(Op::kJoin, {.a = address}, at);
      return;
    case TypeRole::kRecord:
      break;
    default:
      return;
  }
  const auto* record = record_of(type);
  const auto* destructor = record->getDestructor();
  if (destructor && destructor->isUserProvided()) {
    const model::FunctionId id = unit_.function(destructor);
    if (id != model::kNoFunction) {
      effect(Op::kCall, {.imm = id}, at);
      out_.code.back().args = {{address, model::Pass::kValue, 1}};
    }
  }
  for (const auto* member : record->fields())
    destroy(field(address, unit_.types().field_offset(member), at),
            member->getType(), at);
}

// --- Code ---

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
  if (op == Op::kReturn && return_register_) instruction.a = *return_register_;
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
                              loop_variables_.contains(variable)});
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
