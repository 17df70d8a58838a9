// wg-add-races-wait: an add to a wait group that is zero while another
// goroutine waits for it.
#include "tool/check/check.h"
#include "tool/check/checks/misuses.h"

namespace chansan::check {
namespace {

class WgAddRacesWait final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    for (const model::Misuse& misuse : outcomes.misuses) {
      if (misuse.kind != model::Misuse::Kind::kAddRacesWait) continue;
      Story story = misuse_story(misuse, "", analysis());
      story.push_back({analysis().location(misuse.other),
                       misuse.other_goroutine, "waits here"});
      report(analysis().location(misuse.site),
             "this add() to " + misuse.object +
                 ", which is zero, races with the wait(): it may return "
                 "before; add before the goroutine is started",
             story);
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(wg_add_races_wait, WgAddRacesWait)

}  // namespace chansan::check
