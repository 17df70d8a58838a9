// race-ref-capture-after-spawn: a function shares its local variable with a
// goroutine and uses it again before anything orders the two.
#include <set>

#include "tool/check/check.h"
#include "tool/check/checks/races.h"

namespace chansan::check {
namespace {

class RaceRefCaptureAfterSpawn final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    std::set<model::SiteId> told;
    for (const model::Race& race : outcomes.races) {
      if (is_enabled(id_of(race.sort))) continue;
      if (race.global || race.loop || race.heap || !race.owned) continue;
      if (race.variable.empty()) continue;
      if (!told.insert(race.variable_site).second) continue;
      report(analysis().location(race.later.site),
             "data race on the local variable '" + race.variable +
                 "', which a goroutine shares: " + unordered_pair(race),
             race_story(race, analysis()));
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(race_ref_capture_after_spawn, RaceRefCaptureAfterSpawn)

}  // namespace chansan::check
