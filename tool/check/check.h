// What every check is: a clang-tidy check that shares one sync model of the
// translation unit with the others.
#pragma once

#include <memory>

#include "clang-tidy/ClangTidyCheck.h"
#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "tool/check/analysis.h"

namespace chansan::check {

class Check : public clang::tidy::ClangTidyCheck {
 public:
  Check(llvm::StringRef name, clang::tidy::ClangTidyContext* context,
        std::shared_ptr<Analysis> analysis)
      : ClangTidyCheck(name, context),
        context_(*context),
        analysis_(std::move(analysis)) {
    analysis_->set_roles(Options.getLocalOrGlobal("ChansanRoles", "").str());
  }

  bool isLanguageVersionSupported(
      const clang::LangOptions& options) const override {
    return options.CPlusPlus;
  }

  /// Judges what the exploration of several units together found.
  virtual void judge_linked(const Outcomes&) {}

 protected:
  Analysis& analysis() { return *analysis_; }

  /// Whether the user wants the check `id`: what it tells better is left to it.
  bool is_enabled(llvm::StringRef id) const {
    return !id.empty() && context_.isCheckEnabled(("chansan-" + id).str());
  }

  /// Reports at `at`, with one note for each step of `story` and what mends
  /// it, where that is known.
  void report(clang::SourceLocation at, llvm::StringRef message,
              const Story& story = {},
              llvm::ArrayRef<clang::FixItHint> fixes = {});

 private:
  clang::tidy::ClangTidyContext& context_;
  std::shared_ptr<Analysis> analysis_;
};

/// A check of what the exploration of the whole translation unit found.
class ModelCheck : public Check {
 public:
  using Check::Check;
  void registerMatchers(clang::ast_matchers::MatchFinder* finder) final;
  void check(const clang::ast_matchers::MatchFinder::MatchResult& match) final;
  void onStartOfTranslationUnit() final { analysis().reset(); }
  void judge_linked(const Outcomes& outcomes) final { judge(outcomes); }

 protected:
  virtual void judge(const Outcomes& outcomes) = 0;

  /// For what is seen in the source of each unit, after judge() if units are
  /// explored one by one.
  virtual void judge_source(const Facts&) {}

  /// The unit's source; null where several units are judged together.
  const Facts* facts() { return unit_ ? &analysis().facts(*unit_) : nullptr; }

 private:
  clang::ASTContext* unit_ = nullptr;
};

/// A check of what the source says.
class SourceCheck : public Check {
 public:
  using Check::Check;
  void registerMatchers(clang::ast_matchers::MatchFinder* finder) final;
  void check(const clang::ast_matchers::MatchFinder::MatchResult& match) final;
  void onStartOfTranslationUnit() final { analysis().reset(); }

 protected:
  virtual void judge(const Facts& facts) = 0;

  /// Reports, and mends by inserting `text` at `at`.
  void report_insert(clang::SourceLocation where, llvm::StringRef message,
                     clang::SourceLocation at, llvm::StringRef text,
                     const Story& story = {});
};

using CheckMaker = std::unique_ptr<clang::tidy::ClangTidyCheck> (*)(
    llvm::StringRef name, clang::tidy::ClangTidyContext* context,
    std::shared_ptr<Analysis> analysis);

/// The end of each check's file: defines what checks.def names.
#define CHANSAN_REGISTER_CHECK(name, Class)                           \
  std::unique_ptr<clang::tidy::ClangTidyCheck> make_##name(           \
      llvm::StringRef id, clang::tidy::ClangTidyContext* context,     \
      std::shared_ptr<Analysis> analysis) {                           \
    return std::make_unique<Class>(id, context, std::move(analysis)); \
  }

#define CHANSAN_CHECK(name, id, level, summary)             \
  std::unique_ptr<clang::tidy::ClangTidyCheck> make_##name( \
      llvm::StringRef, clang::tidy::ClangTidyContext*,      \
      std::shared_ptr<Analysis>);
#include "tool/check/checks.def"
#undef CHANSAN_CHECK

}  // namespace chansan::check
