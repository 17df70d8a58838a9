// ctx-lost-cancel: a context's cancel function is not called on every way out.
#include <set>

#include "tool/check/check.h"
#include "tool/check/flow.h"

namespace chansan::check {
namespace {

class CtxLostCancel final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies()) {
      // What main does not cancel ends with the program.
      if (body.is_main()) continue;
      for (const Call* call : body.calls)
        if (call->role == Role::kWithCancel || call->role == Role::kWithTimeout)
          judge(body, *call, facts);
    }
  }

  void judge(const Body& body, const Call& made, const Facts& facts) {
    const clang::Stmt* holder =
        facts.around<clang::DeclStmt, clang::MemberExpr, clang::CompoundStmt>(
            made.expr, nullptr);
    if (const auto* member =
            llvm::dyn_cast_or_null<clang::MemberExpr>(holder)) {
      if (member->getMemberDecl()->getNameAsString() == "first")
        tell(made, "the cancel function is thrown away");
      return;
    }
    const auto* declared = llvm::dyn_cast_or_null<clang::DeclStmt>(holder);
    const auto* parts = declared && declared->isSingleDecl()
                            ? llvm::dyn_cast<clang::DecompositionDecl>(
                                  declared->getSingleDecl())
                            : nullptr;
    if (!parts || parts->bindings().size() != 2) return;
    const auto* cancel = parts->bindings()[1];
    const auto& uses = facts.uses(cancel);
    if (uses.empty()) {
      tell(made, "the cancel function '" + cancel->getNameAsString() +
                     "' is never called");
      return;
    }
    judge_paths(body, made, *cancel, facts);
  }

  // Handed on anywhere, it is somebody else's to call.
  void judge_paths(const Body& body, const Call& made,
                   const clang::BindingDecl& cancel, const Facts& facts) {
    std::set<const clang::Stmt*> calls;
    for (const Call* call : body.calls)
      if (call->role == Role::kCancel && call->object)
        if (const auto* name =
                llvm::dyn_cast<clang::DeclRefExpr>(bare(call->object));
            name && name->getDecl() == &cancel)
          calls.insert(call->expr);
    if (calls.size() != facts.uses(&cancel).size()) return;
    const Flow flow(body, facts.context());
    const auto is_call = [&](const clang::Stmt* statement) {
      return calls.contains(statement);
    };
    if (!flow.leaves(made.expr, is_call)) return;
    const clang::Stmt* way_out = flow.find(
        made.expr,
        [](const clang::Stmt* statement) {
          return llvm::isa<clang::ReturnStmt>(statement);
        },
        is_call);
    tell(made,
         "a way out of this function does not call '" +
             cancel.getNameAsString() + "'",
         way_out ? way_out->getBeginLoc() : body.block->getEndLoc());
  }

  void tell(const Call& made, const std::string& what,
            clang::SourceLocation way_out = {}) {
    Story story;
    if (way_out.isValid()) story.push_back({way_out, 0, "it leaves here"});
    report(made.at(),
           what +
               ": the context and who waits for it live until its parent "
               "ends",
           story);
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(ctx_lost_cancel, CtxLostCancel)

}  // namespace chansan::check
