#include "tool/check/facts.h"

#include <algorithm>

#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"
#include "tool/check/lower/names.h"

namespace chansan::check {

const clang::Expr* bare(const clang::Expr* expression) {
  return expression->IgnoreUnlessSpelledInSource();
}

Place place_of(const clang::Expr* expression) {
  Place place;
  for (;;) {
    expression = expression->IgnoreParenImpCasts();
    if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(expression)) {
      place.push_back(member->getMemberDecl());
      expression = member->getBase();
    } else if (const auto* name =
                   llvm::dyn_cast<clang::DeclRefExpr>(expression)) {
      place.push_back(name->getDecl());
      break;
    } else if (llvm::isa<clang::CXXThisExpr>(expression)) {
      place.push_back(nullptr);
      break;
    } else if (const auto* made =
                   llvm::dyn_cast<clang::MaterializeTemporaryExpr>(
                       expression)) {
      expression = made->getSubExpr();
    } else if (const auto* copied =
                   llvm::dyn_cast<clang::CXXConstructExpr>(expression);
               copied && copied->getNumArgs() == 1 &&
               copied->getConstructor()->isCopyOrMoveConstructor()) {
      expression = copied->getArg(0);
    } else if (const auto* access =
                   llvm::dyn_cast<clang::CXXOperatorCallExpr>(expression);
               access && (access->getOperator() == clang::OO_Arrow ||
                          access->getOperator() == clang::OO_Star)) {
      expression = access->getArg(0);
    } else if (const auto* unary =
                   llvm::dyn_cast<clang::UnaryOperator>(expression);
               unary && (unary->getOpcode() == clang::UO_Deref ||
                         unary->getOpcode() == clang::UO_AddrOf)) {
      expression = unary->getSubExpr();
    } else {
      return {};
    }
  }
  std::ranges::reverse(place);
  return place;
}

std::string spelled(const clang::Expr* expression, std::string otherwise) {
  const Place place = expression ? place_of(expression) : Place{};
  if (place.empty() || !place.back()) return otherwise;
  return "'" + place.back()->getNameAsString() + "'";
}

bool is_user(const clang::Decl* decl, const clang::ASTContext& context) {
  const auto& sources = context.getSourceManager();
  const clang::SourceLocation at = sources.getFileLoc(decl->getLocation());
  if (at.isInvalid() || sources.isInSystemHeader(at)) return false;
  const clang::DeclContext* outermost = nullptr;
  for (const auto* around = decl->getDeclContext();
       around && !around->isTranslationUnit(); around = around->getParent())
    outermost = around;
  const auto* space = llvm::dyn_cast_or_null<clang::NamespaceDecl>(outermost);
  if (!space) space = llvm::dyn_cast<clang::NamespaceDecl>(decl);
  return !space || space->getDeclName().isEmpty() || space->getName() != "csp";
}

const clang::FieldDecl* member_with(clang::QualType type,
                                    std::initializer_list<TypeRole> roles) {
  const auto* record = lower::record_of(type);
  if (!record || !record->hasDefinition()) return nullptr;
  for (const auto* member : record->getDefinition()->fields()) {
    if (member->getType()->isReferenceType()) continue;
    const auto* inner = lower::record_of(member->getType());
    if (!inner) continue;
    const TypeRole role = lower::named_type_role(inner);
    if (std::ranges::find(roles, role) != roles.end()) return member;
    if (role == TypeRole::kRecord && inner != record &&
        !inner->isInStdNamespace() && member_with(member->getType(), roles))
      return member;
  }
  return nullptr;
}

bool Body::has(std::initializer_list<Role> roles) const {
  return std::ranges::any_of(calls, [&](const Call* call) {
    return std::ranges::find(roles, call->role) != roles.end();
  });
}

// Walks the bodies of the user's functions, each literal as a body of its own.
class Collector : public clang::RecursiveASTVisitor<Collector> {
 public:
  explicit Collector(Facts& facts) : facts_(facts) {}

  bool shouldVisitTemplateInstantiations() const { return true; }
  bool shouldVisitImplicitCode() const { return false; }

  bool TraverseDecl(clang::Decl* decl) {
    if (decl && !llvm::isa<clang::TranslationUnitDecl>(decl) &&
        !llvm::isa<clang::ParmVarDecl>(decl) && !is_user(decl, facts_.context_))
      return true;
    return RecursiveASTVisitor::TraverseDecl(decl);
  }

  bool VisitCXXRecordDecl(clang::CXXRecordDecl* record) {
    if (record->isThisDeclarationADefinition() && !record->isLambda() &&
        !record->isDependentContext())
      facts_.classes_.push_back(record);
    return true;
  }

  bool VisitFunctionDecl(clang::FunctionDecl* function) {
    if (!function->doesThisDeclarationHaveABody() ||
        function->isDependentContext() || function->isImplicit())
      return true;
    const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
    if (method && method->getParent()->isLambda()) return true;
    Body& body = facts_.bodies_.emplace_back();
    body.function = function;
    body.block = function->getBody();
    facts_.body_of_[function->getCanonicalDecl()] = &body;
    if (const auto* made = llvm::dyn_cast<clang::CXXConstructorDecl>(function))
      for (const auto* initializer : made->inits())
        if (initializer->isWritten()) walk(initializer->getInit(), body);
    walk(body.block, body);
    return true;
  }

 private:
  void walk(const clang::Stmt* statement, Body& body) {
    if (!statement) return;
    if (const auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(statement)) {
      enter(lambda, body);
      return;
    }
    if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(statement))
      facts_.uses_[name->getDecl()].push_back(name);
    for (const clang::Stmt* child : statement->children()) {
      if (!child) continue;
      facts_.parents_[child] = statement;
      walk(child, body);
    }
    if (const auto* call = llvm::dyn_cast<clang::CallExpr>(statement))
      note(*call, body);
    if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(statement))
      note(*made, body);
  }

  void enter(const clang::LambdaExpr* lambda, Body& outer) {
    for (const clang::Expr* init : lambda->capture_inits())
      if (init) {
        facts_.parents_[init] = lambda;
        walk(init, outer);
      }
    const auto* method = lambda->getCallOperator();
    if (lambda->isGenericLambda() || method->isDependentContext()) return;
    Body& body = facts_.bodies_.emplace_back();
    body.function = method;
    body.lambda = lambda;
    body.block = lambda->getBody();
    body.outer = &outer;
    facts_.body_of_[method->getCanonicalDecl()] = &body;
    facts_.parents_[body.block] = lambda;
    walk(body.block, body);
  }

  Call& add(const clang::Expr& expr, Role role, Body& body) {
    Call& call = facts_.calls_.emplace_back();
    call.expr = &expr;
    call.role = role;
    call.body = &body;
    body.calls.push_back(&call);
    return call;
  }

  void note(const clang::CallExpr& expr, Body& body) {
    const clang::FunctionDecl* callee = expr.getDirectCallee();
    const Role role = callee ? facts_.roles_.of(callee) : Role::kNone;
    if (role == Role::kNone) {
      body.others.push_back(&expr);
      return;
    }
    Call& call = add(expr, role, body);
    call.callee = callee;
    call.args.assign(expr.arg_begin(), expr.arg_end());
    if (const auto* member = llvm::dyn_cast<clang::CXXMemberCallExpr>(&expr)) {
      call.object = member->getImplicitObjectArgument();
    } else if (!call.args.empty() &&
               (llvm::isa<clang::CXXOperatorCallExpr>(&expr) ||
                (callee->isExternC() && role != Role::kSpawn))) {
      call.object = call.args.front();
      call.args.erase(call.args.begin());
    }
    if (role == Role::kSpawn || role == Role::kWgGo || role == Role::kAsync ||
        role == Role::kAfterFunc)
      spawn(call, body);
  }

  void note(const clang::CXXConstructExpr& expr, Body& body) {
    const auto* record = expr.getConstructor()->getParent();
    const TypeRole type = lower::named_type_role(record);
    if (expr.getConstructor()->isCopyOrMoveConstructor()) return;
    if (type == TypeRole::kGuard && expr.getNumArgs() > 0) {
      Call& call = add(expr, Role::kLock, body);
      call.callee = expr.getConstructor();
      call.args.assign(expr.arg_begin(), expr.arg_end());
      call.object = expr.getArg(0);
    }
    const bool thread =
        type == TypeRole::kThread || type == TypeRole::kJoiningThread;
    if (thread && expr.getNumArgs() > 0) {
      Call& call = add(expr, Role::kSpawn, body);
      call.callee = expr.getConstructor();
      call.args.assign(expr.arg_begin(), expr.arg_end());
      spawn(call, body);
    }
  }

  void spawn(Call& call, Body& body) {
    Spawn& spawn = facts_.spawns_.emplace_back();
    spawn.call = &call;
    spawn.thread = llvm::isa<clang::CXXConstructExpr>(call.expr) ||
                   call.role == Role::kAsync || call.callee->isExternC();
    for (const clang::Expr* arg : call.args)
      if (const auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(bare(arg))) {
        spawn.lambda = lambda;
        break;
      }
    if (spawn.lambda)
      if (const Body* runs = facts_.body_of(spawn.lambda->getCallOperator())) {
        spawn.runs = runs;
        const_cast<Body*>(runs)->started_by = &spawn;
      }
    body.spawns.push_back(&spawn);
  }

  Facts& facts_;
};

Facts::Facts(clang::ASTContext& context) : context_(context) {
  Collector(*this).TraverseDecl(context.getTranslationUnitDecl());
}

const Body* Facts::body_of(const clang::FunctionDecl* function) const {
  if (!function) return nullptr;
  const auto found = body_of_.find(function->getCanonicalDecl());
  return found == body_of_.end() ? nullptr : found->second;
}

const clang::Stmt* Facts::parent(const clang::Stmt* statement) const {
  const auto found = parents_.find(statement);
  return found == parents_.end() ? nullptr : found->second;
}

bool Facts::within(const clang::Stmt* inner, const clang::Stmt* outer) const {
  for (; inner; inner = parent(inner))
    if (inner == outer) return true;
  return false;
}

const std::vector<const clang::DeclRefExpr*>& Facts::uses(
    const clang::ValueDecl* variable) const {
  static const std::vector<const clang::DeclRefExpr*> kNone;
  const auto found = uses_.find(variable);
  return found == uses_.end() ? kNone : found->second;
}

bool Facts::reaches(const Body& body, std::initializer_list<Role> roles,
                    int depth) const {
  if (body.has(roles)) return true;
  if (depth == 0) return false;
  return std::ranges::any_of(body.others, [&](const clang::Expr* expr) {
    const auto* callee = llvm::cast<clang::CallExpr>(expr)->getDirectCallee();
    const Body* next = body_of(callee);
    return next && next != &body && reaches(*next, roles, depth - 1);
  });
}

bool Facts::before(const clang::Stmt* a, const clang::Stmt* b) const {
  return context_.getSourceManager().isBeforeInTranslationUnit(
      a->getBeginLoc(), b->getBeginLoc());
}

unsigned Facts::line(clang::SourceLocation at) const {
  return context_.getSourceManager().getExpansionLineNumber(at);
}

bool Facts::waits_after(const Body& body, const clang::Stmt* from) const {
  for (const Call* call : body.calls)
    if (std::ranges::find(kJoins, call->role) != kJoins.end() &&
        before(from, call->expr))
      return true;
  for (const clang::Expr* other : body.others) {
    const auto* callee = llvm::cast<clang::CallExpr>(other)->getDirectCallee();
    if (!before(from, other)) continue;
    const Body* next = body_of(callee);
    if (next && reaches(*next, kJoins)) return true;
    // What is not seen may wait, if it is given something to wait for.
    if (!next && callee && is_user(callee, context_)) return true;
  }
  return false;
}

}  // namespace chansan::check
