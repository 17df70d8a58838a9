// race-shared-global: two goroutines use a variable with static storage, one
// of them writes, and no lock, channel or other edge orders the two.
#include <set>

#include "tool/check/check.h"
#include "tool/check/checks/races.h"

namespace chansan::check {
namespace {

class RaceSharedGlobal final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    // Each pair of accesses to a variable is the same missing order.
    std::set<model::SiteId> told;
    for (const model::Race& race : outcomes.races) {
      if (!race.global || !race.shared) continue;
      if (!told.insert(race.variable_site).second) continue;
      report(analysis().location(race.later.site),
             "data race on '" + race.variable + "': " + unordered_pair(race),
             race_story(race, analysis()));
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(race_shared_global, RaceSharedGlobal)

}  // namespace chansan::check
