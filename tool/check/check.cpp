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
  unit_ = match.Context;
  const bool linked = analysis().collect(*match.Context);
  if (!linked) judge(analysis().outcomes(*match.Context));
  judge_source(analysis().facts(*match.Context));
}

void SourceCheck::registerMatchers(clang::ast_matchers::MatchFinder* finder) {
  finder->addMatcher(clang::ast_matchers::translationUnitDecl().bind("unit"),
                     this);
}

void SourceCheck::check(
    const clang::ast_matchers::MatchFinder::MatchResult& match) {
  if (match.Context->getDiagnostics().hasErrorOccurred()) return;
  judge(analysis().facts(*match.Context));
}

void SourceCheck::report_insert(clang::SourceLocation where,
                                llvm::StringRef message,
                                clang::SourceLocation at, llvm::StringRef text,
                                const Story& story) {
  diag(where, "%0") << message << clang::FixItHint::CreateInsertion(at, text);
  for (const StoryStep& step : story)
    diag(step.at, "%0", clang::DiagnosticIDs::Note) << step.text;
}

}  // namespace chansan::check
