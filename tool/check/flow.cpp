#include "tool/check/flow.h"

#include <set>

namespace chansan::check {
namespace {

const clang::Stmt* statement_of(const clang::CFGElement& element) {
  const auto statement = element.getAs<clang::CFGStmt>();
  return statement ? statement->getStmt() : nullptr;
}

}  // namespace

Flow::Flow(const Body& body, clang::ASTContext& context) {
  clang::CFG::BuildOptions options;
  options.setAllAlwaysAdd();
  options.AddInitializers = true;
  cfg_ = clang::CFG::buildCFG(
      body.function, const_cast<clang::Stmt*>(body.block), &context, options);
}

// Returns whether the end of the function was reached.
bool Flow::search(const clang::Stmt* from, const Test& goal,
                  const Test& barrier, const clang::Stmt*& found) const {
  if (!cfg_) return false;
  bool ends = false;
  std::set<const clang::CFGBlock*> seen;
  std::vector<const clang::CFGBlock*> work;
  const auto scan = [&](const clang::CFGBlock& block, bool active) {
    for (const clang::CFGElement& element : block) {
      const clang::Stmt* statement = statement_of(element);
      if (!statement) continue;
      if (!active) {
        active = statement == from;
        continue;
      }
      if (barrier(statement)) return;
      if (goal(statement)) {
        if (!found) found = statement;
        return;
      }
    }
    if (!active || block.hasNoReturnElement()) return;
    if (&block == &cfg_->getExit()) ends = true;
    const bool cases =
        llvm::isa_and_nonnull<clang::SwitchStmt>(block.getTerminatorStmt());
    for (const auto& next : block.succs()) {
      const auto* to = next.getReachableBlock();
      if (!to) continue;
      // A switch without a default is taken to name every case.
      if (cases && !llvm::isa_and_nonnull<clang::SwitchCase>(to->getLabel()))
        continue;
      if (seen.insert(to).second) work.push_back(to);
    }
  };
  if (!from) {
    scan(cfg_->getEntry(), true);
  } else {
    for (const clang::CFGBlock* block : *cfg_)
      for (const clang::CFGElement& element : *block)
        if (statement_of(element) == from) scan(*block, false);
  }
  while (!work.empty()) {
    const clang::CFGBlock* block = work.back();
    work.pop_back();
    scan(*block, true);
  }
  return ends;
}

const clang::Stmt* Flow::find(const clang::Stmt* from, const Test& goal,
                              const Test& barrier) const {
  const clang::Stmt* found = nullptr;
  search(from, goal, barrier, found);
  return found;
}

bool Flow::leaves(const clang::Stmt* from, const Test& barrier) const {
  const clang::Stmt* found = nullptr;
  return search(
      from,
      [](const clang::Stmt* statement) {
        return llvm::isa<clang::CXXThrowExpr>(statement);
      },
      barrier, found);
}

}  // namespace chansan::check
