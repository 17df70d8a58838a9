// The pieces of a SARIF log that a result is made of.
#pragma once

#include <llvm/Support/JSON.h>

#include <string>

#include "chansan/finding.h"
#include "tool/common/source_files.h"

namespace chansan {

class SarifParts {
 public:
  /// Paths below `root` are written relative to it.
  SarifParts(std::string root, SourceFiles& sources)
      : root_(std::move(root)), sources_(sources) {}

  llvm::json::Object message(const std::string& text) const;
  llvm::json::Object artifact(const std::string& file) const;
  llvm::json::Object region(const Location& at) const;
  llvm::json::Object location(const Location& at,
                              const std::string& text) const;
  llvm::json::Object stack(const Stack& stack, const std::string& text) const;

  /// One flow with a thread for each goroutine; the steps are numbered in the
  /// order in which they happen.
  llvm::json::Object code_flow(const Finding& finding) const;
  llvm::json::Object fix(const Finding& finding) const;

 private:
  llvm::json::Object replacement(const Fix& fix) const;

  const std::string root_;
  SourceFiles& sources_;
};

}  // namespace chansan
