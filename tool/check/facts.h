// What a translation unit does with goroutines, channels and locks, as a list
// for the checks that look at the source: who calls what, where, in which
// function. Built once for all of them.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/DenseMap.h"
#include "tool/check/lower/roles.h"

namespace chansan::check {

using lower::Role;
using lower::TypeRole;

/// A variable, or a member of one, as far as it can be named: the declarations
/// from the variable (or null, for *this) to the member. Empty: not nameable.
using Place = std::vector<const clang::ValueDecl*>;

Place place_of(const clang::Expr* expression);

/// The expression without what the program does not spell.
const clang::Expr* bare(const clang::Expr* expression);

struct Body;

/// A call of a function that has a role, or a constructor of a guard or a
/// thread.
struct Call {
  const clang::Expr* expr = nullptr;
  Role role = Role::kNone;
  const clang::FunctionDecl* callee = nullptr;
  const clang::Expr* object = nullptr;  // what it is called on, if anything
  std::vector<const clang::Expr*> args;
  const Body* body = nullptr;

  Place place() const { return object ? place_of(object) : Place{}; }
  clang::SourceLocation at() const { return expr->getBeginLoc(); }
};

/// The start of a goroutine or a thread.
struct Spawn {
  const Call* call = nullptr;
  const clang::LambdaExpr* lambda = nullptr;  // what it runs, if a literal
  const Body* runs = nullptr;                 // that literal's body
  bool thread = false;                        // of the operating system
};

/// The body of a function or function literal.
struct Body {
  const clang::FunctionDecl* function = nullptr;
  const clang::Stmt* block = nullptr;
  const clang::LambdaExpr* lambda = nullptr;
  const Body* outer = nullptr;  // around the literal
  std::vector<const Call*> calls;
  std::vector<const Spawn*> spawns;
  const Spawn* started_by = nullptr;
  std::vector<const clang::Expr*> others;  // calls without a role

  bool has(std::initializer_list<Role> roles) const;
  bool is_main() const { return function && function->isMain(); }
};

class Facts {
 public:
  explicit Facts(clang::ASTContext& context);

  clang::ASTContext& context() const { return context_; }
  const std::deque<Body>& bodies() const { return bodies_; }
  const std::deque<Spawn>& spawns() const { return spawns_; }
  lower::Roles& roles() const { return roles_; }

  /// The body of a function of this unit; null if it is not here.
  const Body* body_of(const clang::FunctionDecl* function) const;

  const clang::Stmt* parent(const clang::Stmt* statement) const;

  /// The innermost loop, if-statement, ... around `statement`, up to `top`.
  template <class... T>
  const clang::Stmt* around(const clang::Stmt* statement,
                            const clang::Stmt* top) const {
    for (const auto* up = parent(statement); up && up != top; up = parent(up))
      if (llvm::isa<T...>(up)) return up;
    return nullptr;
  }
  const clang::Stmt* loop_around(const clang::Stmt* statement,
                                 const clang::Stmt* top) const {
    return around<clang::ForStmt, clang::WhileStmt, clang::DoStmt,
                  clang::CXXForRangeStmt>(statement, top);
  }
  /// Whether `inner` stands in `outer`.
  bool within(const clang::Stmt* inner, const clang::Stmt* outer) const;

  /// Every use of a variable by name, in the order of the source.
  const std::vector<const clang::DeclRefExpr*>& uses(
      const clang::ValueDecl* variable) const;

  /// Whether the body, or what it calls in this unit, has one of the roles.
  bool reaches(const Body& body, std::initializer_list<Role> roles,
               int depth = 4) const;

  /// Whether it waits for others after `from`: joins, receives, sleeps.
  bool waits_after(const Body& body, const clang::Stmt* from) const;

  /// Whether `a` stands before `b` in the source.
  bool before(const clang::Stmt* a, const clang::Stmt* b) const;

  unsigned line(clang::SourceLocation at) const;

  const std::vector<const clang::CXXRecordDecl*>& classes() const {
    return classes_;
  }

 private:
  friend class Collector;

  clang::ASTContext& context_;
  mutable lower::Roles roles_;
  std::deque<Body> bodies_;
  std::deque<Call> calls_;
  std::deque<Spawn> spawns_;
  llvm::DenseMap<const clang::Stmt*, const clang::Stmt*> parents_;
  llvm::DenseMap<const clang::FunctionDecl*, const Body*> body_of_;
  llvm::DenseMap<const clang::ValueDecl*,
                 std::vector<const clang::DeclRefExpr*>>
      uses_;
  std::vector<const clang::CXXRecordDecl*> classes_;
};

/// Whether the declaration stands in the user's own code, not in a system
/// header or in csp.
bool is_user(const clang::Decl* decl, const clang::ASTContext& context);

/// Roles of operations that wait for other goroutines.
inline constexpr std::initializer_list<Role> kJoins = {
    Role::kJoin,         Role::kRecv,       Role::kRange,      Role::kSelect,
    Role::kWgWait,       Role::kYield,      Role::kSemAcquire, Role::kCondWait,
    Role::kCondWaitPred, Role::kCondWaitFor};

/// Roles of operations at which a goroutine may be parked.
inline constexpr std::initializer_list<Role> kParks = {
    Role::kSend,   Role::kRecv,       Role::kRange,    Role::kSelect,
    Role::kWgWait, Role::kSemAcquire, Role::kCondWait, Role::kCondWaitPred};

/// The record's members of one of these types, in it or its parts.
const clang::FieldDecl* member_with(clang::QualType type,
                                    std::initializer_list<TypeRole> roles);

/// "'name'" of what the expression names, or `otherwise`.
std::string spelled(const clang::Expr* expression, std::string otherwise);

}  // namespace chansan::check
