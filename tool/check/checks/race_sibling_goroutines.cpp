// race-sibling-goroutines: several goroutines that a function starts share one
// of its objects, at least one changes it, and nothing orders them.
#include <set>

#include "tool/check/check.h"
#include "tool/check/checks/races.h"

namespace chansan::check {
namespace {

class RaceSiblingGoroutines final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    // What the owner races with is told once, by the check of that.
    std::set<model::SiteId> told;
    for (const model::Race& race : outcomes.races)
      if (race.owned && !race.heap) told.insert(race.variable_site);
    for (const model::Race& race : outcomes.races) {
      if (is_enabled(id_of(race.sort))) continue;
      if (race.global || race.loop || race.variable.empty()) continue;
      if (race.owned && !race.heap) continue;
      if (!told.insert(race.variable_site).second) continue;
      report(analysis().location(race.later.site),
             "data race on '" + race.variable +
                 "', which several goroutines share: " + unordered_pair(race),
             race_story(race, analysis()));
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(race_sibling_goroutines, RaceSiblingGoroutines)

}  // namespace chansan::check
