// go-capture-default: a goroutine's literal captures by default.
#include "tool/check/check.h"

namespace chansan::check {
namespace {

class GoCaptureDefault final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns()) {
      if (!spawn.lambda) continue;
      const auto kind = spawn.lambda->getCaptureDefault();
      if (kind == clang::LCD_None) continue;
      std::string list;
      for (const clang::LambdaCapture& capture : spawn.lambda->captures()) {
        if (!list.empty()) list += ", ";
        if (capture.capturesThis())
          list += "this";
        else if (capture.capturesVariable())
          list += (capture.getCaptureKind() == clang::LCK_ByRef ? "&" : "") +
                  capture.getCapturedVar()->getNameAsString();
      }
      const clang::SourceRange all = spawn.lambda->getIntroducerRange();
      diag(all.getBegin(),
           "the goroutine captures whatever it names; list it: [%0]")
          << list << clang::FixItHint::CreateReplacement(all, "[" + list + "]");
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(go_capture_default, GoCaptureDefault)

}  // namespace chansan::check
