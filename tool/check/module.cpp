#include "tool/check/module.h"

#include "clang-tidy/ClangTidyModule.h"
#include "tool/check/check.h"

namespace chansan::check {
namespace {

// One Analysis is shared by all checks of one engine run, so that the model of
// a translation unit is built once.
class Module final : public clang::tidy::ClangTidyModule {
 public:
  void addCheckFactories(
      clang::tidy::ClangTidyCheckFactories& factories) override {
    const auto analysis = std::make_shared<Analysis>();
    const auto add = [&](const char* id, CheckMaker make) {
      factories.registerCheckFactory(
          id,
          [=](llvm::StringRef name, clang::tidy::ClangTidyContext* context) {
            return make(name, context, analysis);
          });
    };
#define CHANSAN_CHECK(name, id, level, summary) add("chansan-" id, make_##name);
#include "tool/check/checks.def"
#undef CHANSAN_CHECK
  }
};

const clang::tidy::ClangTidyModuleRegistry::Add<Module> kRegistration(
    "chansan-module", "Channels, goroutines, threads and locks.");

}  // namespace

void link_module() {}

void for_each_check(
    const std::function<void(llvm::StringRef, CheckMaker)>& visit) {
#define CHANSAN_CHECK(name, id, level, summary) \
  visit("chansan-" id, make_##name);
#include "tool/check/checks.def"
#undef CHANSAN_CHECK
}

}  // namespace chansan::check
