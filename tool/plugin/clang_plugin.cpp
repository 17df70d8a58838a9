// The checks as a plugin of the compiler: clang++-22 -fplugin=chansan_clang.so
//
// What they find are warnings of the compilation. The engine is clang-tidy's,
// linked into the plugin; its findings are handed to the compiler's own
// diagnostics, so that NOLINT, .clang-tidy and colours work. -Werror does not
// know them: the engine hands them over without a group of warnings.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clang-tidy/ClangTidy.h"
#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "clang-tidy/ClangTidyModule.h"
#include "clang-tidy/ClangTidyOptions.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendPluginRegistry.h"
#include "clang/Frontend/MultiplexConsumer.h"
#include "tool/check/check_list.h"
#include "tool/check/module.h"
#include "tool/check/settings.h"

namespace chansan::check {
namespace {

using clang::tidy::ClangTidyContext;
using clang::tidy::ClangTidyDiagnosticConsumer;

// Keeps what the consumer refers to for as long as it lives.
class Consumer final : public clang::MultiplexConsumer {
 public:
  Consumer(std::vector<std::unique_ptr<clang::ASTConsumer>> consumers,
           std::unique_ptr<ClangTidyContext> context,
           std::unique_ptr<clang::DiagnosticsEngine> engine)
      : MultiplexConsumer(std::move(consumers)),
        context_(std::move(context)),
        engine_(std::move(engine)) {}

 private:
  // Destroyed last to first: the engine owns the listener, which refers to the
  // context.
  std::unique_ptr<ClangTidyContext> context_;
  std::unique_ptr<clang::DiagnosticsEngine> engine_;
};

class Plugin final : public clang::PluginASTAction {
 public:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(
      clang::CompilerInstance& compiler, llvm::StringRef file) override {
    link_module();
    auto context = std::make_unique<ClangTidyContext>(make_provider(settings_));
    auto listener = std::make_unique<ClangTidyDiagnosticConsumer>(
        *context, &compiler.getDiagnostics());
    auto options = std::make_unique<clang::DiagnosticOptions>();
    auto engine = std::make_unique<clang::DiagnosticsEngine>(
        clang::DiagnosticIDs::create(), *options, listener.release(),
        /*ShouldOwnClient=*/true);
    context->setDiagnosticsEngine(std::move(options), engine.get());
    clang::tidy::ClangTidyASTConsumerFactory factory(*context);
    std::vector<std::unique_ptr<clang::ASTConsumer>> consumers;
    consumers.push_back(factory.createASTConsumer(compiler, file));
    return std::make_unique<Consumer>(std::move(consumers), std::move(context),
                                      std::move(engine));
  }

  // -fplugin-arg-chansan-checks=GLOBS, -fplugin-arg-chansan-level=LEVEL
  bool ParseArgs(const clang::CompilerInstance& compiler,
                 const std::vector<std::string>& arguments) override {
    for (const llvm::StringRef argument : arguments) {
      const auto [name, value] = argument.split('=');
      const auto level = level_of(std::string_view(value));
      if (name == "checks") {
        settings_.globs.push_back(value.str());
      } else if (name == "level" && level) {
        settings_.least = *level;
      } else {
        auto& diagnostics = compiler.getDiagnostics();
        diagnostics.Report(diagnostics.getCustomDiagID(
            clang::DiagnosticsEngine::Error,
            "chansan: no argument '%0'; known: checks=GLOBS, "
            "level=certain|likely|maybe"))
            << argument;
        return false;
      }
    }
    return true;
  }

  // Beside the compilation, without being asked for by name.
  ActionType getActionType() override { return AddAfterMainAction; }

 private:
  EngineSettings settings_;
};

const clang::FrontendPluginRegistry::Add<Plugin> kRegistration(
    "chansan", "races, deadlocks and misused channels");

}  // namespace
}  // namespace chansan::check
