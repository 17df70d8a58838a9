#include "tool/check/checks/spawns.h"

#include <algorithm>

#include "tool/check/lower/names.h"

namespace chansan::check {

const clang::LambdaExpr* spawned_lambda(const clang::CallExpr& call,
                                        lower::Roles& roles) {
  const clang::FunctionDecl* callee = call.getDirectCallee();
  if (!callee || call.getNumArgs() == 0) return nullptr;
  const lower::Role role = roles.of(callee);
  if (role != lower::Role::kSpawn && role != lower::Role::kWgGo) return nullptr;
  // go(stack_size, f, args...) has the function in second place.
  const clang::CXXRecordDecl* first =
      call.getArg(0)->getType()->getAsCXXRecordDecl();
  const bool sized =
      first && first->getQualifiedNameAsString() == "csp::stack_size";
  if (sized && call.getNumArgs() < 2) return nullptr;
  return llvm::dyn_cast<clang::LambdaExpr>(
      call.getArg(sized ? 1 : 0)->IgnoreUnlessSpelledInSource());
}

const Body* started(const Spawn& spawn, const Facts& facts) {
  if (spawn.runs) return spawn.runs;
  if (spawn.lambda) return nullptr;
  for (const clang::Expr* arg : spawn.call->args) {
    const clang::Expr* function = bare(arg);
    if (const auto* address = llvm::dyn_cast<clang::UnaryOperator>(function))
      function = bare(address->getSubExpr());
    const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(function);
    const auto* named =
        name ? llvm::dyn_cast<clang::FunctionDecl>(name->getDecl()) : nullptr;
    if (named) return facts.body_of(named);
  }
  return nullptr;
}

std::vector<const Body*> run_by(const Spawn& spawn, const Facts& facts) {
  std::vector<const Body*> bodies;
  if (const Body* first = started(spawn, facts)) bodies.push_back(first);
  for (std::size_t i = 0; i < bodies.size(); ++i)
    for (const clang::Expr* other : bodies[i]->others) {
      const auto* call = llvm::cast<clang::CallExpr>(other);
      const Body* next = facts.body_of(call->getDirectCallee());
      if (next && std::ranges::find(bodies, next) == bodies.end())
        bodies.push_back(next);
    }
  return bodies;
}

std::vector<KeptReference> kept_references(const Spawn& spawn) {
  std::vector<KeptReference> kept;
  if (!spawn.lambda) return kept;
  for (const clang::LambdaCapture& capture : spawn.lambda->captures()) {
    if (!capture.capturesVariable() ||
        capture.getCaptureKind() != clang::LCK_ByRef)
      continue;
    const auto* variable =
        llvm::dyn_cast<clang::VarDecl>(capture.getCapturedVar());
    if (variable && variable->hasLocalStorage() &&
        !variable->getType()->isReferenceType() &&
        variable->getDeclContext() == spawn.call->body->function)
      kept.push_back({variable, capture.getLocation()});
  }
  return kept;
}

namespace {

bool declares(const clang::Stmt* statement, const clang::VarDecl& variable) {
  const auto* declaration = llvm::dyn_cast_or_null<clang::DeclStmt>(statement);
  return declaration &&
         std::ranges::any_of(declaration->decls(),
                             [&](const auto* one) { return one == &variable; });
}

// Whether the program has written a destructor for it, or for a part of it.
bool has_written_destructor(const clang::CXXRecordDecl& record) {
  if (!record.hasDefinition() || record.hasTrivialDestructor()) return false;
  const clang::QualType element = lower::element_type(&record);
  if (const auto* of = element.isNull() ? nullptr : lower::record_of(element))
    return has_written_destructor(*of);
  if (record.isInStdNamespace() || !is_user(&record, record.getASTContext()))
    return false;
  const auto* destructor = record.getDestructor();
  const auto ends_so = [](const auto& part) {
    const auto* of = part.getType()->getAsCXXRecordDecl();
    return of && has_written_destructor(*of);
  };
  return (destructor && destructor->isUserProvided()) ||
         std::ranges::any_of(record.bases(), ends_so) ||
         std::ranges::any_of(record.fields(), [&](const auto* field) {
           return ends_so(*field);
         });
}

// Objects that wait when they end: threads, futures, and what the program has
// written a destructor for.
bool may_wait_at_end(const clang::VarDecl& variable) {
  const auto* record = lower::record_of(variable.getType());
  if (!record || variable.getType()->isReferenceType()) return false;
  switch (lower::named_type_role(record)) {
    case TypeRole::kThread:
    case TypeRole::kJoiningThread:
    case TypeRole::kThreads:
    case TypeRole::kFuture:
      return true;
    default:
      break;
  }
  return has_written_destructor(*record) ||
         member_with(variable.getType(),
                     {TypeRole::kThread, TypeRole::kJoiningThread,
                      TypeRole::kThreads, TypeRole::kFuture});
}

bool holds_waiter(const clang::Stmt* scope) {
  if (!scope || llvm::isa<clang::LambdaExpr>(scope)) return false;
  if (const auto* declaration = llvm::dyn_cast<clang::DeclStmt>(scope))
    for (const auto* one : declaration->decls())
      if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(one);
          variable && may_wait_at_end(*variable))
        return true;
  return std::ranges::any_of(scope->children(), holds_waiter);
}

}  // namespace

const clang::Stmt* inner_scope_of(const clang::VarDecl& variable,
                                  const Spawn& spawn, const Facts& facts) {
  const clang::Stmt* top = spawn.call->body->block;
  for (const auto* up = facts.parent(spawn.call->expr); up && up != top;
       up = facts.parent(up)) {
    bool here = false;
    if (const auto* loop = llvm::dyn_cast<clang::CXXForRangeStmt>(up))
      here = loop->getLoopVariable() == &variable;
    else if (llvm::isa<clang::CompoundStmt, clang::ForStmt>(up))
      here = std::ranges::any_of(up->children(), [&](const auto* child) {
        return declares(child, variable);
      });
    if (here) return up;
  }
  return nullptr;
}

bool waits_in(const clang::Stmt* scope, const Spawn& spawn,
              const Facts& facts) {
  const Body& body = *spawn.call->body;
  const auto follows = [&](const clang::Expr* expr) {
    return facts.within(expr, scope) && facts.before(spawn.call->expr, expr);
  };
  for (const Call* call : body.calls) {
    const bool waits =
        std::ranges::find(kJoins, call->role) != kJoins.end() ||
        call->role == Role::kSend || call->role == Role::kArriveAndWait ||
        call->role == Role::kPhaseWait || call->role == Role::kUnseen;
    if (waits && follows(call->expr)) return true;
  }
  for (const clang::Expr* other : body.others) {
    if (!follows(other)) continue;
    const auto* callee = llvm::cast<clang::CallExpr>(other)->getDirectCallee();
    const Body* next = facts.body_of(callee);
    // What is not seen may wait.
    if (next ? facts.reaches(*next, kJoins)
             : callee && is_user(callee, facts.context()))
      return true;
  }
  return holds_waiter(scope);
}

}  // namespace chansan::check
