// Ways through one function body.
#pragma once

#include <functional>
#include <memory>

#include "clang/Analysis/CFG.h"
#include "tool/check/facts.h"

namespace chansan::check {

class Flow {
 public:
  using Test = std::function<bool(const clang::Stmt*)>;

  Flow(const Body& body, clang::ASTContext& context);

  /// The first statement that `goal` holds for on some way that begins after
  /// `from` (null: at the beginning) and meets none that `barrier` holds for;
  /// null if there is none.
  const clang::Stmt* find(const clang::Stmt* from, const Test& goal,
                          const Test& barrier) const;

  /// Whether such a way leads out of the function by a return or its end.
  bool leaves(const clang::Stmt* from, const Test& barrier) const;

 private:
  bool search(const clang::Stmt* from, const Test& goal, const Test& barrier,
              const clang::Stmt*& found) const;

  std::unique_ptr<clang::CFG> cfg_;
};

}  // namespace chansan::check
