// race-loop-var-capture: a goroutine that a loop starts captures the loop's
// variable by reference, and the loop goes on to change it.
#include <set>

#include "tool/check/check.h"
#include "tool/check/checks/races.h"

namespace chansan::check {
namespace {

class RaceLoopVarCapture final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    std::set<model::SiteId> told;
    for (const model::Race& race : outcomes.races) {
      if (race.global || !race.loop) continue;
      if (!told.insert(race.variable_site).second) continue;
      // The goroutine's use is where the copy is missing.
      model::Race shown = race;
      if (shown.later.write && !shown.earlier.write)
        std::swap(shown.later, shown.earlier);
      report(analysis().location(shown.later.site),
             "data race on the loop variable '" + race.variable +
                 "', captured by reference: " + unordered_pair(shown) +
                 "; capture it by value",
             race_story(shown, analysis()));
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(race_loop_var_capture, RaceLoopVarCapture)

}  // namespace chansan::check
