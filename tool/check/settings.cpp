#include "tool/check/settings.h"

#include <utility>

#include "clang-tidy/ClangTidy.h"
#include "tool/check/check_list.h"
#include "tool/check/module.h"

namespace chansan::check {
namespace {

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

}  // namespace

std::unique_ptr<clang::tidy::ClangTidyOptionsProvider> make_provider(
    const EngineSettings& settings) {
  ClangTidyOptions ours;
  ours.HeaderFilterRegex = ".*";  // the user's own headers
  ours.SystemHeaders = false;
  std::string globs;
  for (const std::string& glob : settings.globs)
    globs += "," + with_prefix(glob);
  ours.Checks = globs;
  if (!settings.roles.empty())
    ours.CheckOptions["ChansanRoles"] =
        ClangTidyOptions::ClangTidyValue(settings.roles);
  auto provider = std::make_unique<OptionsProvider>(std::move(ours));
  std::string defaults;
  for (const CheckInfo& info : all_checks())
    if (info.level <= settings.least)
      defaults += ",chansan-" + std::string(info.id);
  provider->set_defaults(std::move(defaults));
  return provider;
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
