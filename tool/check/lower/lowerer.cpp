#include "tool/check/lower/lowerer.h"

#include <algorithm>

#include "clang/AST/ASTLambda.h"
#include "clang/Analysis/Analyses/PostOrderCFGView.h"
#include "tool/check/lower/members.h"
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
    for (const auto* initializer : made->inits()) {
      walk(initializer->getInit(), 0, false);
      note_part(initializer);
    }
  const auto cfg = clang::CFG::buildCFG(declaration_, body, &unit_.context(),
                                        build_options());
  if (!cfg) return std::move(out_);
  if (llvm::isa<clang::CXXConstructorDecl>(declaration_))
    note_class(declaration_->getLocation());
  lower_blocks(*cfg);
  out_.defined = true;
  return std::move(out_);
}

model::Function Lowerer::run_global(const clang::VarDecl* variable,
                                    std::size_t position, bool closed) {
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
  if (!closed) {
    const std::size_t branch = out_.code.size();
    effect(Op::kLinked, {.imm = -1 - static_cast<std::int64_t>(position)}, at);
    effect(Op::kReturn, {}, {});
    out_.code[branch].b = static_cast<Register>(out_.code.size());
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
  // The variable that the expression is, or is a part of.
  const auto expose = [&](const clang::Expr* expression) {
    expression = expression->IgnoreParenImpCasts();
    for (;;) {
      const auto* member = llvm::dyn_cast<clang::MemberExpr>(expression);
      const auto* element =
          llvm::dyn_cast<clang::ArraySubscriptExpr>(expression);
      if (member && !member->isArrow())
        expression = member->getBase()->IgnoreParenImpCasts();
      else if (element)
        expression = element->getBase()->IgnoreParenImpCasts();
      else
        break;
    }
    const auto* reference = llvm::dyn_cast<clang::DeclRefExpr>(expression);
    if (!reference) return;
    if (const auto* variable =
            llvm::dyn_cast<clang::VarDecl>(reference->getDecl()))
      exposed_[variable] = true;
  };
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(statement))
    note_cases(call);
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
  } else if (const auto* created =
                 llvm::dyn_cast<clang::CXXNewExpr>(statement)) {
    if (const clang::Expr* init = created->getInitializer();
        init && !created->isArray())
      news_[init->IgnoreParenImpCasts()] = created;
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
    for (const clang::Expr* init : lambda->capture_inits())
      if (init && init->isLValue()) expose(init);
  } else if (const auto* call = llvm::dyn_cast<clang::CallExpr>(statement)) {
    const auto* callee = call->getDirectCallee();
    const bool seen = callee && unit_.is_user(callee);
    if (callee && (seen || unit_.roles().of(callee) == Role::kForward))
      for (const clang::Expr* arg : call->arguments())
        if (arg->isGLValue()) expose(arg);
    const auto* member = llvm::dyn_cast<clang::CXXMemberCallExpr>(call);
    if (seen && member && member->getImplicitObjectArgument()->isGLValue())
      expose(member->getImplicitObjectArgument());
  } else if (const auto* made =
                 llvm::dyn_cast<clang::CXXConstructExpr>(statement)) {
    if (!made->getConstructor()->isCopyOrMoveConstructor() &&
        unit_.is_user(made->getConstructor()))
      for (const clang::Expr* arg : made->arguments())
        if (arg->isGLValue()) expose(arg);
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
    out_.method = true;
    const model::CellKind address = model::CellKind::kNil;
    this_cell_ = add({&address, 1});
  }
  for (const clang::ParmVarDecl* parameter : declaration_->parameters()) {
    const auto kinds = unit_.types().cells(parameter->getType());
    const std::uint32_t offset = add(kinds);
    locals_[parameter] = offset;
    out_.variables.push_back({parameter->getNameAsString(), offset,
                              static_cast<std::uint32_t>(kinds.size()),
                              unit_.site(parameter->getLocation()), true, false,
                              unit_.types().sort(parameter->getType())});
    add_members(out_.variables, parameter->getType(), unit_.types());
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

}  // namespace chansan::lower
