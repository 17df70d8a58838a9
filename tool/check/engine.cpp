#include "tool/check/engine.h"

#include <algorithm>
#include <memory>

#include "clang-tidy/ClangTidy.h"
#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "clang-tidy/ClangTidyOptions.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "tool/check/check_list.h"
#include "tool/check/line_table.h"
#include "tool/check/module.h"

namespace chansan::check {
namespace {

using clang::tidy::ClangTidyError;
using clang::tidy::ClangTidyOptions;

// Of a `.clang-tidy` written for other checks too: what it says about ours.
// Its usual first entry, `-*`, must not turn the analysis into a silent green.
std::string globs_about_us(const std::string& globs) {
  std::string ours;
  llvm::SmallVector<llvm::StringRef> parts;
  llvm::StringRef(globs).split(parts, ',');
  for (llvm::StringRef part : parts) {
    part = part.trim();
    if (!part.ltrim('-').starts_with("chansan-")) continue;
    ours += "," + part.str();
  }
  return ours;
}

// `.clang-tidy` files as clang-tidy finds them, narrowed to our checks.
class OptionsProvider final : public clang::tidy::ClangTidyOptionsProvider {
 public:
  explicit OptionsProvider(ClangTidyOptions ours)
      : files_({}, ClangTidyOptions::getDefaults(), {}),
        ours_(std::move(ours)) {}

  const clang::tidy::ClangTidyGlobalOptions& getGlobalOptions() override {
    return files_.getGlobalOptions();
  }

  std::vector<OptionsSource> getRawOptions(llvm::StringRef file) override {
    auto sources = files_.getRawOptions(file);
    std::string about_us;
    for (auto& [options, name] : sources) {
      if (options.Checks) about_us += globs_about_us(*options.Checks);
      options.Checks.reset();
      options.HeaderFilterRegex.reset();
      options.ExtraArgs.reset();
      options.ExtraArgsBefore.reset();
    }
    ClangTidyOptions last = ours_;
    // The command line comes after the files: it has the last word.
    last.Checks = "-*" + defaults_ + about_us + *ours_.Checks;
    sources.emplace_back(std::move(last), "chansan check");
    return sources;
  }

  void set_defaults(std::string globs) { defaults_ = std::move(globs); }

 private:
  clang::tidy::FileOptionsProvider files_;
  ClangTidyOptions ours_;  // Checks: the user's globs, each after a comma
  std::string defaults_;   // the checks of the level, each after a comma
};

std::string with_prefix(const std::string& glob) {
  const bool off = glob.starts_with("-");
  const std::string name = off ? glob.substr(1) : glob;
  const bool ours = name.starts_with("chansan-") || name.starts_with("*");
  return std::string(off ? "-" : "") + (ours ? "" : "chansan-") + name;
}

std::unique_ptr<OptionsProvider> make_provider(const EngineSettings& settings) {
  ClangTidyOptions ours;
  ours.HeaderFilterRegex = ".*";  // the user's own headers
  ours.SystemHeaders = false;
  std::string globs;
  for (const std::string& glob : settings.globs)
    globs += "," + with_prefix(glob);
  ours.Checks = globs;
  auto provider = std::make_unique<OptionsProvider>(std::move(ours));
  std::string defaults;
  for (const CheckInfo& info : all_checks())
    if (info.level <= settings.least)
      defaults += ",chansan-" + std::string(info.id);
  provider->set_defaults(std::move(defaults));
  return provider;
}

// A note that begins `goroutine 2: ` is about goroutine 2.
Step to_step(const clang::tooling::DiagnosticMessage& note, LineTable& lines) {
  Step step;
  step.message = note.Message;
  step.location = lines.locate(note.FilePath, note.FileOffset);
  llvm::StringRef text = note.Message;
  std::uint64_t id = 0;
  if (text.consume_front("goroutine ") && !text.consumeInteger(10, id) &&
      text.starts_with(": "))
    step.goroutine = id;
  return step;
}

Finding to_finding(const ClangTidyError& error, LineTable& lines) {
  Finding finding;
  llvm::StringRef id = error.DiagnosticName;
  id.consume_front("chansan-");
  finding.id = id.str();
  finding.message = error.Message.Message;
  finding.location =
      lines.locate(error.Message.FilePath, error.Message.FileOffset);
  if (const auto info = find_check(finding.id)) finding.level = info->level;
  for (const auto& note : error.Notes)
    finding.steps.push_back(to_step(note, lines));
  for (const auto& [file, replacements] : error.Message.Fix)
    for (const auto& replacement : replacements)
      finding.fixes.push_back(
          {lines.locate(std::string(replacement.getFilePath()),
                        replacement.getOffset()),
           replacement.getLength(), replacement.getReplacementText().str()});
  return finding;
}

std::string to_problem(const ClangTidyError& error, LineTable& lines) {
  const Location at =
      lines.locate(error.Message.FilePath, error.Message.FileOffset);
  std::string text;
  if (!at.file.empty())
    text = at.file + ":" + std::to_string(at.line) + ":" +
           std::to_string(at.column) + ": ";
  return text + "error: " + error.Message.Message;
}

}  // namespace

FileResult analyse(const Database& database, const std::string& file,
                   const EngineSettings& settings) {
  link_module();
  clang::tidy::ClangTidyContext context(make_provider(settings));
  const auto commands =
      analysis_commands(*database.commands, settings.fixed_flags);
  // Each file has a file system of its own: the engine changes its working
  // directory, and files are analysed in parallel.
  auto files = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(
      llvm::vfs::createPhysicalFileSystem());
  const std::vector<ClangTidyError> errors = clang::tidy::runClangTidy(
      context, *commands, {file}, std::move(files), /*ApplyAnyFix=*/false,
      /*EnableCheckProfile=*/false, /*StoreCheckProfile=*/"", /*Quiet=*/true);
  FileResult result;
  LineTable lines;
  for (const ClangTidyError& error : errors) {
    if (llvm::StringRef(error.DiagnosticName).starts_with("chansan-"))
      result.findings.push_back(to_finding(error, lines));
    else if (error.DiagLevel == ClangTidyError::Error)
      result.errors.push_back(to_problem(error, lines));
  }
  result.silenced = context.getStats().ErrorsIgnoredNOLINT;
  return result;
}

std::vector<std::string> enabled_checks(const std::string& file,
                                        const EngineSettings& settings) {
  link_module();
  return clang::tidy::getCheckNames(
      make_provider(settings)->getOptions(file),
      /*AllowEnablingAnalyzerAlphaCheckers=*/false,
      /*ExperimentalCustomChecks=*/false);
}

}  // namespace chansan::check
