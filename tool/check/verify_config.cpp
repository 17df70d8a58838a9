#include "tool/check/verify_config.h"

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "clang-tidy/ClangTidyOptions.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/MemoryBuffer.h"
#include "tool/check/check_list.h"

namespace chansan::check {
namespace {

namespace fs = std::filesystem;

bool names_a_check(std::string glob) {
  if (glob.starts_with("-")) glob.erase(0, 1);
  if (!glob.starts_with("chansan-") && !glob.starts_with("*"))
    glob = "chansan-" + glob;
  auto pattern = llvm::GlobPattern::create(glob);
  if (!pattern) {
    llvm::consumeError(pattern.takeError());
    return false;
  }
  return std::ranges::any_of(all_checks(), [&](const CheckInfo& info) {
    return pattern->match("chansan-" + std::string(info.id));
  });
}

// A glob of ours that turns nothing on or off is a misspelt name.
int judge_globs(const std::string& where, llvm::StringRef globs) {
  int mistakes = 0;
  llvm::SmallVector<llvm::StringRef> parts;
  globs.split(parts, ',');
  for (llvm::StringRef part : parts) {
    part = part.trim();
    if (part.empty() || names_a_check(part.str())) continue;
    ++mistakes;
    trouble("check", where + ": no check is named '" + part.ltrim('-').str() +
                         "'; `chansan checks` lists them");
  }
  return mistakes;
}

std::string only_ours(llvm::StringRef globs) {
  std::string ours;
  llvm::SmallVector<llvm::StringRef> parts;
  globs.split(parts, ',');
  for (llvm::StringRef part : parts)
    if (part.trim().ltrim('-').starts_with("chansan-"))
      ours += part.trim().str() + ",";
  return ours;
}

fs::path nearest_clang_tidy() {
  std::error_code error;
  for (fs::path at = fs::current_path(error); !at.empty();
       at = at.parent_path()) {
    if (fs::exists(at / ".clang-tidy", error)) return at / ".clang-tidy";
    if (at == at.root_path()) break;
  }
  return {};
}

int judge_clang_tidy(const fs::path& path) {
  if (path.empty()) return 0;
  const auto buffer = llvm::MemoryBuffer::getFile(path.string());
  if (!buffer) return trouble("check", path.string() + ": cannot be read");
  std::string problem;
  const auto options = clang::tidy::parseConfigurationWithDiags(
      (*buffer)->getMemBufferRef(), [&](const llvm::SMDiagnostic& diagnostic) {
        problem += path.string() + ":" +
                   std::to_string(diagnostic.getLineNo()) + ": " +
                   diagnostic.getMessage().str();
      });
  if (!options) return trouble("check", problem);
  return judge_globs(path, only_ours(options->Checks.value_or("")));
}

}  // namespace

int verify_config(const Options& options) {
  int mistakes = 0;
  for (const std::string& glob : options.engine.globs)
    mistakes += judge_globs(
        options.config.path.empty() ? "--checks" : options.config.path, glob);
  std::error_code error;
  const std::string& baseline = options.baseline;
  if (!baseline.empty() && !fs::exists(baseline, error)) {
    ++mistakes;
    trouble("check", baseline +
                         ": no such baseline; make it with "
                         "`--write-baseline=" +
                         baseline + "`");
  }
  const fs::path clang_tidy = nearest_clang_tidy();
  mistakes += judge_clang_tidy(clang_tidy);
  if (mistakes) return kExitTrouble;
  std::cout << ".chansan.yaml: "
            << (options.config.path.empty() ? "none" : options.config.path)
            << "\n.clang-tidy: "
            << (clang_tidy.empty() ? "none" : clang_tidy.string())
            << "\nno mistakes\n";
  return 0;
}

}  // namespace chansan::check
