// One translation unit as a model: functions are lowered when something that
// can be reached refers to them.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/Mangle.h"
#include "llvm/ADT/DenseMap.h"
#include "tool/check/lower/roles.h"
#include "tool/check/lower/types.h"
#include "tool/check/model/program.h"
#include "tool/check/model/unit_model.h"

namespace chansan::lower {

class Unit {
 public:
  explicit Unit(clang::ASTContext& context);

  /// Lowers the whole unit. The program still has to be completed and
  /// prepared.
  void run();

  model::Program& program() { return program_; }
  const std::vector<model::Root>& roots() const { return roots_; }

  /// All of it, to be kept without the syntax tree.
  model::UnitModel take_model();

  clang::SourceLocation location(model::SiteId site) const;

  // For the lowering of functions.
  clang::ASTContext& context() { return context_; }
  Roles& roles() { return roles_; }
  Types& types() { return types_; }

  /// The model's function; kNoFunction if its body is not here or not the
  /// user's.
  model::FunctionId function(const clang::FunctionDecl* function);

  /// The same, or one without a body that another unit may have; kNoFunction
  /// if it is not the user's or cannot be named from outside.
  model::FunctionId function_anywhere(const clang::FunctionDecl* function);

  /// The first cell of a variable with static storage; nothing if its accesses
  /// cannot be shared (thread_local).
  std::optional<std::uint32_t> global(const clang::VarDecl* variable);

  /// What a virtual call of `method` runs, if only one function can be it.
  const clang::CXXMethodDecl* only_target(const clang::CXXMethodDecl* method);

  /// The classes that an object of `base` may be of, with what a virtual call
  /// of `method` runs then; empty if they are too many or none.
  struct Target {
    std::int64_t class_id;
    const clang::CXXMethodDecl* method;
  };
  std::vector<Target> targets(const clang::CXXMethodDecl* method);
  std::int64_t class_id(const clang::CXXRecordDecl* record);

  /// The call operator of csp::cancel_function.
  model::FunctionId cancel_function();

  /// That of std::packaged_task.
  model::FunctionId task_function();

  model::SiteId site(clang::SourceLocation at);
  std::int64_t name(const std::string& text);
  std::int64_t layout(clang::QualType type);

  /// A handle that something changes after it was made.
  void note_changed(const clang::ValueDecl* handle) {
    changed_handles_[handle->getCanonicalDecl()] = true;
  }

  /// Whether the declaration stands in the user's own code.
  bool is_user(const clang::Decl* decl) const;

 private:
  void find_roots();
  void lower_pending();
  bool is_shared(const clang::VarDecl* variable) const;
  bool is_closed(const clang::VarDecl* variable) const;
  std::string symbol_of(const clang::NamedDecl* decl);
  void lower_globals();
  void drop_constant_reads();

  clang::ASTContext& context_;
  clang::ASTNameGenerator symbols_;
  Roles roles_;
  Types types_;
  model::Program program_;
  std::vector<model::Root> roots_;
  std::vector<clang::SourceLocation> sites_;
  llvm::DenseMap<clang::SourceLocation, model::SiteId> site_ids_;
  llvm::DenseMap<const clang::FunctionDecl*, model::FunctionId> function_ids_;
  llvm::DenseMap<const clang::VarDecl*, std::uint32_t> global_offsets_;
  llvm::DenseMap<const clang::Type*, std::int64_t> layout_ids_;
  std::deque<std::pair<const clang::FunctionDecl*, model::FunctionId>> pending_;
  std::vector<const clang::VarDecl*> globals_;  // in the order of first use
  std::size_t globals_lowered_ = 0;             // of them, from the front
  std::vector<const clang::CXXRecordDecl*> classes_;  // with virtual functions
  model::FunctionId cancel_function_ = model::kNoFunction;
  model::FunctionId task_function_ = model::kNoFunction;
  // Of each virtual function all that override it, directly or not.
  llvm::DenseMap<const clang::CXXMethodDecl*,
                 std::vector<const clang::CXXMethodDecl*>>
      overriders_;
  struct HandleRead {
    model::FunctionId function;
    std::size_t at;
    const clang::Decl* handle;
  };
  std::vector<HandleRead> handle_reads_;
  llvm::DenseMap<const clang::Decl*, bool> changed_handles_;
  // Functions that something refers to: those are no roots.
  llvm::DenseMap<const clang::FunctionDecl*, bool> referenced_;
};

}  // namespace chansan::lower
