#include "tool/check/engine.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "clang-tidy/ClangTidy.h"
#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "clang-tidy/ClangTidyModule.h"
#include "clang-tidy/ClangTidyOptions.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendActions.h"
#include "clang/Frontend/Utils.h"
#include "clang/Tooling/ArgumentsAdjusters.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "llvm/Support/xxhash.h"
#include "tool/check/check.h"
#include "tool/check/check_list.h"
#include "tool/check/collection.h"
#include "tool/check/line_table.h"
#include "tool/check/module.h"
#include "tool/check/settings.h"

namespace chansan::check {
namespace {

using clang::tidy::ClangTidyContext;
using clang::tidy::ClangTidyError;
using clang::tidy::ClangTidyOptions;

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

// The goroutines in the order in which they take their steps, one number for
// each: what a run has to do to come there. A story without its middle has no
// schedule.
std::string schedule_of(const std::vector<Step>& steps) {
  std::string schedule;
  for (const Step& step : steps) {
    if (step.message.ends_with("further steps are left out here")) return "";
    if (step.goroutine == 0) continue;
    schedule += (schedule.empty() ? "" : ",") + std::to_string(step.goroutine);
  }
  return schedule;
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
  finding.schedule = schedule_of(finding.steps);
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

// Keeps what NOLINT silences, for the formats that tell of it.
class Listener final : public clang::tidy::ClangTidyDiagnosticConsumer {
 public:
  Listener(ClangTidyContext& context, LineTable& lines)
      : ClangTidyDiagnosticConsumer(context),
        context_(context),
        lines_(lines) {}

  void HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                        const clang::Diagnostic& info) override {
    if (level != clang::DiagnosticsEngine::Note) keep_silenced(level, info);
    ClangTidyDiagnosticConsumer::HandleDiagnostic(level, info);
  }

  std::vector<Finding> take_silenced() { return std::move(silenced_); }

 private:
  void keep_silenced(clang::DiagnosticsEngine::Level level,
                     const clang::Diagnostic& info) {
    const std::string id = context_.getCheckName(info.getID());
    if (!llvm::StringRef(id).starts_with("chansan-")) return;
    llvm::SmallVector<clang::tooling::Diagnostic, 1> mistakes;
    if (!context_.shouldSuppressDiagnostic(level, info, mistakes)) return;
    llvm::SmallString<128> message;
    info.FormatDiagnostic(message);
    const auto& sources = info.getSourceManager();
    const auto [file, offset] =
        sources.getDecomposedLoc(sources.getFileLoc(info.getLocation()));
    const auto name = sources.getFileEntryRefForID(file);
    Finding finding;
    finding.id = id.substr(id.find('-') + 1);
    finding.message = message.str().str();
    if (name) finding.location = lines_.locate(name->getName().str(), offset);
    if (const auto known = find_check(finding.id)) finding.level = known->level;
    finding.suppressed = "NOLINT";
    silenced_.push_back(std::move(finding));
  }

  ClangTidyContext& context_;
  LineTable& lines_;
  std::vector<Finding> silenced_;
};

// What the listener heard of one file, or of the linked program.
void take_results(Listener& listener, const ClangTidyContext& context,
                  LineTable& lines, FileResult& result) {
  for (const ClangTidyError& error : listener.take()) {
    if (llvm::StringRef(error.DiagnosticName).starts_with("chansan-"))
      result.findings.push_back(to_finding(error, lines));
    else if (error.DiagLevel == ClangTidyError::Error)
      result.errors.push_back(to_problem(error, lines));
  }
  result.silenced = context.getStats().ErrorsIgnoredNOLINT;
  for (Finding& finding : listener.take_silenced())
    result.findings.push_back(std::move(finding));
}

// The files that a unit is made of, without those of the system.
class Dependencies final : public clang::DependencyCollector {
 public:
  bool needSystemDependencies() override { return true; }
};

class Action final : public clang::ASTFrontendAction {
 public:
  Action(clang::tidy::ClangTidyASTConsumerFactory& consumers,
         std::shared_ptr<Dependencies> dependencies)
      : consumers_(consumers), dependencies_(std::move(dependencies)) {}

  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(
      clang::CompilerInstance& compiler, llvm::StringRef file) override {
    compiler.addDependencyCollector(dependencies_);
    dependencies_->attachToPreprocessor(compiler.getPreprocessor());
    return consumers_.createASTConsumer(compiler, file);
  }

 private:
  clang::tidy::ClangTidyASTConsumerFactory& consumers_;
  std::shared_ptr<Dependencies> dependencies_;
};

class Actions final : public clang::tooling::FrontendActionFactory {
 public:
  Actions(ClangTidyContext& context,
          llvm::IntrusiveRefCntPtr<llvm::vfs::OverlayFileSystem> files,
          std::shared_ptr<Dependencies> dependencies)
      : consumers_(context, std::move(files)),
        dependencies_(std::move(dependencies)) {}

  std::unique_ptr<clang::FrontendAction> create() override {
    return std::make_unique<Action>(consumers_, dependencies_);
  }

 private:
  clang::tidy::ClangTidyASTConsumerFactory consumers_;
  std::shared_ptr<Dependencies> dependencies_;
};

void keep_model(const model::UnitModel& unit, FileResult& result) {
  result.holder = llvm::MemoryBuffer::getMemBufferCopy(serialize(unit));
  result.model = result.holder->getBuffer();
  result.model_hash = llvm::utohexstr(
      llvm::xxh3_64bits(llvm::arrayRefFromStringRef(result.model)));
}

// The engine's parts in the order in which they need each other.
struct Session {
  explicit Session(const EngineSettings& settings)
      : context(make_provider(settings)), listener(context, lines) {
    auto options = std::make_unique<clang::DiagnosticOptions>();
    diagnostics = std::make_unique<clang::DiagnosticsEngine>(
        clang::DiagnosticIDs::create(), *options, &listener,
        /*ShouldOwnClient=*/false);
    context.setDiagnosticsEngine(std::move(options), diagnostics.get());
  }

  LineTable lines;
  ClangTidyContext context;
  Listener listener;
  std::unique_ptr<clang::DiagnosticsEngine> diagnostics;
};

}  // namespace

namespace {

// Why a command cannot even be tried; Clang's tools would end the process.
std::string obstacle(const std::vector<clang::tooling::CompileCommand>& all) {
  if (all.empty()) return "no command for it is known";
  const std::string& directory = all.front().Directory;
  if (llvm::sys::fs::is_directory(directory)) return "";
  return "it is compiled in " + directory + ", which does not exist";
}

}  // namespace

FileResult analyse(const Database& database, const std::string& file,
                   const EngineSettings& settings) {
  link_module();
  const auto command = database.commands->getCompileCommands(file);
  if (const std::string why = obstacle(command); !why.empty()) {
    FileResult result;
    result.errors.push_back(file + ": error: " + why);
    return result;
  }
  Session session(settings);
  const auto commands =
      analysis_commands(*database.commands, settings.fixed_flags);
  // Each file has a file system of its own: the engine changes its working
  // directory, and files are analysed in parallel.
  auto files = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(
      llvm::vfs::createPhysicalFileSystem());
  clang::tooling::ClangTool tool(
      *commands, {file}, std::make_shared<clang::PCHContainerOperations>(),
      files);
  tool.appendArgumentsAdjuster(clang::tooling::getStripPluginsAdjuster());
  tool.setDiagnosticConsumer(&session.listener);
  tool.setPrintErrorMessage(false);
  auto dependencies = std::make_shared<Dependencies>();
  Actions actions(session.context, files, dependencies);
  FileResult result;
  model::UnitModel unit;
  {
    std::optional<Collection::Scope> scope;
    if (settings.linked) scope.emplace(unit);
    tool.run(&actions);
  }
  take_results(session.listener, session.context, session.lines, result);
  // The compiler's working directory is not ours.
  const auto absolute = [&](const std::string& path) {
    llvm::SmallString<256> name(path);
    if (!path.empty())
      llvm::sys::path::make_absolute(command.front().Directory, name);
    return name.str().str();
  };
  for (const std::string& path : dependencies->getDependencies())
    result.dependencies.push_back(absolute(path));
  for (std::string& name : unit.files) name = absolute(name);
  if (settings.linked) keep_model(unit, result);
  return result;
}

FileResult judge_linked(const model::Outcomes& outcomes,
                        const model::Linker& linker, const std::string& file,
                        const EngineSettings& settings) {
  link_module();
  Session session(settings);
  clang::FileManager files{clang::FileSystemOptions()};
  clang::SourceManager sources(*session.diagnostics, files);
  session.diagnostics->setSourceManager(&sources);
  session.context.setSourceManager(&sources);
  session.context.setCurrentFile(file);
  session.listener.BeginSourceFile(clang::LangOptions());
  const auto analysis = std::make_shared<Analysis>();
  analysis->set_linked([&](model::SiteId site) -> clang::SourceLocation {
    const auto entry = files.getOptionalFileRef(linker.file_of(site));
    if (!entry) return {};
    const clang::FileID id =
        sources.getOrCreateFileID(*entry, clang::SrcMgr::C_User);
    return sources.getComposedLoc(id, linker.offset_of(site));
  });
  for_each_check([&](llvm::StringRef id, CheckMaker make) {
    if (!session.context.isCheckEnabled(id)) return;
    const auto check = make(id, &session.context, analysis);
    static_cast<Check&>(*check).judge_linked(outcomes);
  });
  session.listener.EndSourceFile();
  FileResult result;
  take_results(session.listener, session.context, session.lines, result);
  return result;
}

}  // namespace chansan::check
