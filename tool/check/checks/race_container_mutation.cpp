// race-container-mutation: a container is changed by one goroutine while
// another uses it.
#include <set>

#include "tool/check/check.h"
#include "tool/check/checks/races.h"

namespace chansan::check {
namespace {

class RaceContainerMutation final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    std::set<model::SiteId> told;
    for (const model::Race& race : outcomes.races) {
      if (race.sort != model::Sort::kContainer || race.variable.empty())
        continue;
      if ((race.global && is_enabled("race-shared-global")) || !race.shared)
        continue;
      if (!told.insert(race.variable_site).second) continue;
      report(analysis().location(race.later.site),
             "data race on the container '" + race.variable +
                 "', which is changed while another goroutine uses it: " +
                 unordered_pair(race),
             race_story(race, analysis()));
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(race_container_mutation, RaceContainerMutation)

}  // namespace chansan::check
