#include "tool/check/check.h"

#include "clang/ASTMatchers/ASTMatchers.h"

namespace chansan::check {

void Check::report(clang::SourceLocation at, llvm::StringRef message,
                   const Story& story, llvm::ArrayRef<clang::FixItHint> fixes) {
  // The text is data: a '%' in it is no format.
  diag(at, "%0") << message << fixes;
  for (const StoryStep& step : story) {
    const std::string text =
        step.goroutine
            ? "goroutine " + std::to_string(step.goroutine) + ": " + step.text
            : step.text;
    diag(step.at, "%0", clang::DiagnosticIDs::Note) << text;
  }
}

void ModelCheck::registerMatchers(clang::ast_matchers::MatchFinder* finder) {
  finder->addMatcher(clang::ast_matchers::translationUnitDecl().bind("unit"),
                     this);
}

void ModelCheck::check(
    const clang::ast_matchers::MatchFinder::MatchResult& match) {
  // A unit with errors has a tree with holes: what it seems to do is not what
  // it does.
  if (match.Context->getDiagnostics().hasErrorOccurred()) return;
  if (!analysis().collect(*match.Context))
    judge(analysis().outcomes(*match.Context));
}

}  // namespace chansan::check
