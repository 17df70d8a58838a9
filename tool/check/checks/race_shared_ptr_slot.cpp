// race-shared-ptr-slot: one shared_ptr, string or function object is used by
// two goroutines.
#include <set>

#include "tool/check/check.h"
#include "tool/check/checks/races.h"

namespace chansan::check {
namespace {

class RaceSharedPtrSlot final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    std::set<model::SiteId> told;
    for (const model::Race& race : outcomes.races) {
      if (race.sort != model::Sort::kHandle || race.variable.empty()) continue;
      if ((race.global && is_enabled("race-shared-global")) || !race.shared)
        continue;
      if (!told.insert(race.variable_site).second) continue;
      report(analysis().location(race.later.site),
             "data race on '" + race.variable +
                 "' itself: copies of it may be used by several goroutines, "
                 "one object may not: " +
                 unordered_pair(race),
             race_story(race, analysis()));
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(race_shared_ptr_slot, RaceSharedPtrSlot)

}  // namespace chansan::check
