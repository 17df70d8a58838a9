// One function body, from Clang's CFG to the model's code.
//
// A register holds a value; of a class or an lvalue it holds the address. The
// CFG lists every expression in the order of evaluation, so each is lowered
// when it is met and kept; what the CFG leaves out (casts, parentheses) is
// lowered when it is asked for.
#pragma once

#include <span>
#include <vector>

#include "clang/AST/ExprCXX.h"
#include "clang/Analysis/CFG.h"
#include "llvm/ADT/DenseMap.h"
#include "tool/check/lower/unit.h"

namespace chansan::lower {

class Lowerer {
 public:
  Lowerer(Unit& unit, const clang::FunctionDecl* function)
      : unit_(unit), declaration_(function) {}

  model::Function run();

  /// Where it reads handles, and which.
  struct HandleRead {
    std::size_t at;  // the instruction
    const clang::ValueDecl* handle;
  };
  std::vector<HandleRead> take_handle_reads() {
    return std::move(handle_reads_);
  }

  /// A function that initialises the global at `position`; unless `closed`,
  /// units that are not seen may use it.
  model::Function run_global(const clang::VarDecl* variable,
                             std::size_t position, bool closed);

 private:
  using Op = model::Op;
  using Register = model::Register;
  using Args = std::span<const clang::Expr* const>;

  struct Operands {
    Register a = model::kNoRegister;
    Register b = model::kNoRegister;
    Register c = model::kNoRegister;
    std::int64_t imm = 0;
  };
  // A branch whose targets are blocks until all blocks have their place.
  struct Patch {
    std::size_t at;
    const clang::CFGBlock* on_true;
    const clang::CFGBlock* on_false;  // null: an unconditional jump
  };

  // lowerer.cpp: the frame of the function, and its control flow.
  void walk(const clang::Stmt* statement, std::uint16_t loop, bool guarded);
  void walk_loop(const clang::Stmt* loop_statement, std::uint16_t outer,
                 bool guarded);
  void note_statement(const clang::Stmt* statement);
  void declare_parameters();
  void lower_blocks(const clang::CFG& cfg);
  void lower_block(const clang::CFGBlock& block);
  void lower_element(const clang::CFGElement& element);
  void lower_terminator(const clang::CFGBlock& block);
  void lower_switch(const clang::CFGBlock& block,
                    const clang::SwitchStmt* statement);
  void jump_to(const clang::CFGBlock* block);
  void patch_jumps();
  void set_context(const clang::Stmt* statement);
  void destroy_variable(const clang::VarDecl* variable,
                        const clang::Stmt* trigger);
  void destroy(Register address, clang::QualType type,
               clang::SourceLocation at);
  void declare(const clang::VarDecl* variable);
  void note_class(clang::SourceLocation at);
  void note_part(const clang::CXXCtorInitializer* initializer);
  Register part_address(const clang::CXXCtorInitializer* initializer);
  void initialise_member(const clang::CXXCtorInitializer* initializer);
  void return_value(const clang::ReturnStmt* statement);

  // Registers, cells, instructions.
  Register fresh() { return out_.registers++; }
  Register emit(Op op, const Operands& operands, clang::SourceLocation at,
                bool has_result);
  Register value(Op op, const Operands& operands, clang::SourceLocation at) {
    return emit(op, operands, at, true);
  }
  void effect(Op op, const Operands& operands, clang::SourceLocation at) {
    emit(op, operands, at, false);
  }
  Register constant(std::int64_t number);
  Register unknown(clang::SourceLocation at);
  Register nowhere(clang::SourceLocation at);
  std::uint32_t local_cells(clang::QualType type);
  Register temporary(clang::QualType type, clang::SourceLocation at);
  Register address_of_local(const clang::VarDecl* variable);
  void assign(Register address, Register from, clang::QualType type,
              bool tracked, clang::SourceLocation at);
  Register field(Register base, std::optional<std::uint32_t> offset,
                 clang::SourceLocation at);
  bool is_tracked(const clang::Expr* lvalue) const;

  // expressions.cpp
  Register eval(const clang::Expr* expression);
  Register lower(const clang::Expr* expression);
  Register lower_reference(const clang::DeclRefExpr* expression);
  Register variable_address(const clang::VarDecl* variable, bool captured,
                            clang::SourceLocation at);
  Register lower_binding(const clang::BindingDecl* binding, bool captured,
                         clang::SourceLocation at,
                         const clang::Expr* expression);
  Register captured_address(const clang::FieldDecl* member,
                            clang::SourceLocation at);
  Register to_derived(Register address, const clang::CXXRecordDecl* derived,
                      const clang::CXXRecordDecl* base,
                      clang::SourceLocation at);
  std::int64_t step_of(clang::QualType type);
  Register lower_member(const clang::MemberExpr* expression);
  Register lower_cast(const clang::CastExpr* expression);
  Register lower_unary(const clang::UnaryOperator* expression);
  Register lower_binary(const clang::BinaryOperator* expression);
  Register lower_construct(const clang::CXXConstructExpr* expression);
  Register lower_lambda(const clang::LambdaExpr* expression);
  Register lower_list(const clang::InitListExpr* expression);
  Register lower_new(const clang::CXXNewExpr* expression);
  Register lower_this(clang::SourceLocation at);
  Register load(Register address, clang::QualType type, bool tracked,
                clang::SourceLocation at);
  Register target_of(const clang::Expr* expression, clang::QualType type);
  Register unknown_value(const clang::Expr* expression);
  void phi(const clang::Expr* expression, Register from);

  // calls.cpp
  Register lower_call(const clang::CallExpr* call);
  std::optional<Register> dispatch(const clang::CXXMethodDecl* method,
                                   Register self, Args args,
                                   const clang::Expr* call);
  Register call_user(const clang::FunctionDecl* callee, model::FunctionId id,
                     Register self, Args args, const clang::Expr* call);
  Register call_elsewhere(const clang::FunctionDecl* callee,
                          model::FunctionId id, Register self, Args args,
                          const clang::Expr* call);
  Register call_unseen(const clang::FunctionDecl* callee, Register self,
                       Args args, const clang::Expr* call);
  void escape_whole(const clang::CallExpr* call);
  Register call_system(const clang::FunctionDecl* callee, Register self,
                       Args args, const clang::Expr* call);
  std::optional<Register> call_known(const clang::CallExpr* call,
                                     const clang::FunctionDecl* callee,
                                     Register self, Args args);
  std::optional<Register> pair_member(const clang::CallExpr* call,
                                      const clang::FunctionDecl* callee,
                                      Args args);
  std::optional<Register> known_operator(const clang::CallExpr* call,
                                         const clang::FunctionDecl* callee,
                                         Register self, Args args);
  model::Argument pass(const clang::Expr* arg, clang::QualType parameter);
  bool is_effect_free(const clang::FunctionDecl* callee) const;

  // sync.cpp: the calls that the model is about.
  std::optional<Register> lower_role(Role role, const clang::Expr* call,
                                     Register self, Args args,
                                     clang::QualType self_type);
  // Each returns nothing if the role is not of its kind.
  std::optional<Register> goroutine_role(Role role, const clang::Expr* call,
                                         Register self, Args args);
  std::optional<Register> channel_role(Role role, const clang::Expr* call,
                                       Register self, Args args);
  std::optional<Register> lock_role(Role role, const clang::Expr* call,
                                    Register self, Args args,
                                    clang::QualType self_type);
  std::optional<Register> value_role(Role role, const clang::Expr* call,
                                     Register self, Args args);
  // One case of a select: the operation, and where its result goes.
  struct CaseParts {
    model::SelectCase what;
    const clang::Expr* action = nullptr;
    Register out = model::kNoRegister;
    clang::QualType element;  // of the channel
  };
  CaseParts select_case(const clang::Expr* arg);
  void note_cases(const clang::CallExpr* call);
  void keep_case(Args args, clang::SourceLocation at);
  void finish_case(const CaseParts& parts, clang::SourceLocation at);
  // What is sent: a value of one cell, or the address of a copy.
  Register sent_value(const clang::Expr* sent, clang::SourceLocation at);
  // A text is known by a number that stands for the literal it came from.
  void store_text(Register address, const clang::Expr* from,
                  clang::SourceLocation at);
  Register text_is_empty(const clang::CallExpr* call,
                         const clang::FunctionDecl* callee, Register self);
  Register text_of(const clang::Expr* expression);
  void put_payload(Register address, Register payload, clang::QualType type,
                   clang::SourceLocation at);
  Register spawn(const clang::Expr* call, const clang::Expr* function,
                 Args args, Register group, bool wants_handle);
  struct Callee {
    model::FunctionId id = model::kNoFunction;
    Register dynamic = model::kNoRegister;
    const clang::FunctionDecl* declaration = nullptr;
    bool has_self = false;
  };
  Callee callee_of(const clang::Expr* function, std::size_t args);
  Register call_function_object(const clang::Expr* function, Args args,
                                const clang::Expr* call);
  enum class Receive : std::uint8_t { kPlain, kRange, kLeavableRange };
  Register receive(const clang::Expr* call, Register channel, Receive kind);
  Register select(const clang::Expr* call, Args args);
  Register channel_value(Register address, clang::SourceLocation at);
  void lock_guard(const clang::CXXConstructExpr* expression, Register self);
  void guard_operation(Role role, Register guard, clang::QualType type,
                       clang::SourceLocation at);
  void release_guard(Register guard, std::uint32_t cells,
                     clang::SourceLocation at);
  std::optional<Register> construct_known(
      const clang::CXXConstructExpr* expression, Register self);
  void construct_handle(const clang::CXXConstructExpr* expression,
                        Register self);
  void construct_optional(const clang::CXXConstructExpr* expression,
                          Register self);
  void assign_optional(Register self, clang::QualType type, Args args,
                       clang::SourceLocation at);
  Register make_pointer(const clang::CallExpr* call, Args args);
  model::Argument pass_forwarded(const clang::Expr* arg,
                                 clang::QualType parameter,
                                 const clang::Expr* call);
  bool construct_at(Register address, clang::QualType type, Args args,
                    const clang::Expr* call);
  const clang::CXXConstructorDecl* constructor_for(
      const clang::CXXRecordDecl* record, Args args, bool& unique);
  void construct_pair(const clang::Expr* call, Args args, Register self,
                      const clang::CXXRecordDecl* pair);
  void store_received(Register address, Register has, const clang::Expr* out,
                      clang::SourceLocation at);
  Register atomic(Role role, const clang::Expr* call, Register self, Args args);
  void condition_wait(const clang::Expr* call, Register self, Args args,
                      bool has_predicate);
  std::optional<Register> context_role(Role role, const clang::Expr* call,
                                       Register self, Args args);

  // handles.cpp
  void read_handle(const clang::Expr* object, Register address);
  void change_handle(const clang::Expr* object, Register address);
  void read_record(const clang::Expr* object, Register address);

  // posix.cpp
  std::optional<Register> posix_call(Role role, const clang::CallExpr* call,
                                     const clang::FunctionDecl* callee,
                                     Args args);
  std::optional<Register> posix_lock(Role role, const clang::CallExpr* call,
                                     llvm::StringRef name, Args args);
  Register posix_thread(const clang::CallExpr* call, Args args);
  void posix_init(const clang::CallExpr* call, llvm::StringRef name, Args args);
  Register atomic_builtin(const clang::AtomicExpr* expression);

  // promises.cpp
  std::optional<Register> meeting_role(Role role, const clang::Expr* call,
                                       Register self, Args args,
                                       clang::QualType self_type);
  void construct_meeting(const clang::CXXConstructExpr* expression,
                         Register self);
  Register run_task(const clang::CallExpr* call,
                    const clang::FunctionDecl* callee, Register self,
                    Args args);
  void leave_behind(const clang::Expr* given);
  void leave_behind(Register address, clang::QualType type,
                    clang::SourceLocation at);

  // pointers.cpp
  Register to_class(Register address, const clang::CXXRecordDecl* from,
                    const clang::CXXRecordDecl* to, clang::SourceLocation at);
  Register maybe(Register address, clang::QualType type,
                 clang::SourceLocation at);
  std::optional<Register> pointer_member(const clang::CallExpr* call,
                                         const clang::CXXMethodDecl* method,
                                         Register self);
  std::optional<Register> pointer_cast(const clang::CallExpr* call,
                                       const clang::FunctionDecl* callee,
                                       Args args);
  std::optional<Register> compare_handles(const clang::CallExpr* call);
  std::optional<Register> error_member(const clang::CallExpr* call,
                                       const clang::FunctionDecl* callee,
                                       Register self, Args args);
  bool construct_error(const clang::CXXConstructExpr* expression,
                       Register self);

  // containers.cpp
  std::optional<Register> container_member(const clang::CallExpr* call,
                                           const clang::FunctionDecl* callee,
                                           Register self, Args args);
  std::optional<Register> sequence_member(llvm::StringRef name,
                                          const clang::CallExpr* call,
                                          Register self, Args args,
                                          const clang::CXXRecordDecl* record);
  std::optional<Register> map_member(llvm::StringRef name,
                                     const clang::CallExpr* call, Register self,
                                     Args args,
                                     const clang::CXXRecordDecl* record);
  std::optional<Register> iterator_operator(clang::OverloadedOperatorKind kind,
                                            const clang::CallExpr* call,
                                            Register self,
                                            const clang::CXXRecordDecl* record);
  std::optional<Register> array_member(llvm::StringRef name,
                                       const clang::CallExpr* call,
                                       Register self, Args args,
                                       const clang::CXXRecordDecl* record);
  bool construct_container(const clang::CXXConstructExpr* expression,
                           Register self);
  void construct_elements(Register container, clang::QualType element,
                          const clang::Expr* call, const clang::Expr* size);
  void push_element(Register container, const clang::Expr* element,
                    clang::QualType type, clang::SourceLocation at);
  Register key_of(const clang::Expr* expression);
  Register find_element(Register container, Register key,
                        clang::QualType element, bool adds,
                        clang::SourceLocation at);
  Register lower_initializer_list(
      const clang::CXXStdInitializerListExpr* expression);
  void construct_function(const clang::Expr* from, Register self,
                          clang::SourceLocation at);
  Register container_op(Op op, Register container, std::uint32_t size,
                        clang::SourceLocation at) {
    return value(op, {.a = container, .imm = size}, at);
  }
  Register run_once(const clang::Expr* call, Register flag,
                    const clang::Expr* function, Args args);

  // Small pieces of code with a branch in them.
  std::size_t branch_placeholder(Register condition, clang::SourceLocation at);
  void branch_here(std::size_t at, model::Side side);
  std::size_t jump_placeholder(clang::SourceLocation at);
  void jump_here(std::size_t at);

  Unit& unit_;
  const clang::FunctionDecl* const declaration_;
  model::Function out_;

  // Cases that stand in their select.
  llvm::DenseMap<const clang::Expr*, bool> in_select_;
  llvm::DenseMap<const clang::Expr*, Register> registers_;
  llvm::DenseMap<const clang::VarDecl*, std::uint32_t> locals_;
  // Constructed in place: the variable that the expression initialises.
  llvm::DenseMap<const clang::Expr*, const clang::VarDecl*> targets_;
  // The same of a base, a member, or all of the object of a constructor.
  llvm::DenseMap<const clang::Expr*, const clang::CXXCtorInitializer*> parts_;
  // The same of what `new` makes, and where that is.
  llvm::DenseMap<const clang::Expr*, const clang::CXXNewExpr*> news_;
  llvm::DenseMap<const clang::CXXNewExpr*, Register> allocated_;
  // The operands of ?:, && and || whose value is the whole's.
  llvm::DenseMap<const clang::Expr*, std::vector<Register>> phis_;
  llvm::DenseMap<const clang::Expr*, Register> phi_results_;
  llvm::DenseMap<const clang::Stmt*, std::uint16_t> loop_of_;
  llvm::DenseMap<const clang::Stmt*, bool> guarded_;
  llvm::DenseMap<const clang::Stmt*, std::uint16_t> loop_ids_;
  llvm::DenseMap<const clang::ValueDecl*, clang::FieldDecl*> captures_;
  clang::FieldDecl* this_capture_ = nullptr;
  // Ranges whose body may leave the loop: their end needs no close.
  llvm::DenseMap<const clang::VarDecl*, bool> leavable_begin_;
  llvm::DenseMap<const clang::VarDecl*, bool> loop_variables_;
  // Loop variables over a container of threads: the variable that holds the
  // container. Each element stands for all.
  llvm::DenseMap<const clang::VarDecl*, const clang::VarDecl*> thread_loops_;
  // Variables whose address others may hold: their accesses count.
  llvm::DenseMap<const clang::VarDecl*, bool> exposed_;
  std::optional<std::uint32_t> this_cell_;
  std::optional<Register> return_register_;
  std::int64_t return_cells_ = 0;  // behind the address in it

  llvm::DenseMap<const clang::CFGBlock*, std::size_t> starts_;
  std::vector<Patch> patches_;
  std::vector<HandleRead> handle_reads_;
  std::uint16_t loop_ = 0;  // of what is being lowered
  bool guarded_now_ = false;
  Register received_ = model::kNoRegister;  // what the last receive gave
};

}  // namespace chansan::lower
