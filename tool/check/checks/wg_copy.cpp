// wg-copy: an object with a wait group is copied.
#include "tool/check/check.h"
#include "tool/check/checks/copies.h"

namespace chansan::check {
namespace {

class WgCopy final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Copy& copy :
         copies_of(facts, {TypeRole::kWaitGroup, TypeRole::kSemaphore}, {}))
      report(copy.at, "this copies " + copy.what +
                          ", and with it its wait "
                          "group " +
                          copy.member +
                          ": who counts in the copy is not waited for");
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(wg_copy, WgCopy)

}  // namespace chansan::check
