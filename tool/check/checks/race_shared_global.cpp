// race-shared-global: two goroutines use a variable with static storage, one
// of them writes, and no lock, channel or other edge orders the two.
#include <algorithm>
#include <set>

#include "tool/check/check.h"

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
      if (told.insert(race.variable_site).second) tell(race);
    }
  }

  void tell(const model::Race& race) {
    const auto verb = [](const model::Touch& touch) {
      return std::string(touch.write ? "write" : "read");
    };
    const auto who = [](const model::Touch& touch) {
      return "goroutine " + std::to_string(touch.goroutine);
    };
    Story story;
    story.push_back({analysis().location(race.earlier.site),
                     race.earlier.goroutine,
                     verb(race.earlier) + "s '" + race.variable + "' here"});
    model::Trace about_them;
    std::ranges::copy_if(race.trace, std::back_inserter(about_them),
                         [&](const model::TraceStep& step) {
                           return step.goroutine == race.earlier.goroutine ||
                                  step.goroutine == race.later.goroutine;
                         });
    for (StoryStep& step : analysis().story(about_them))
      story.push_back(std::move(step));
    report(analysis().location(race.later.site),
           "data race on '" + race.variable + "': nothing orders this " +
               verb(race.later) + " by " + who(race.later) + " and the " +
               verb(race.earlier) + " by " + who(race.earlier),
           story);
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(race_shared_global, RaceSharedGlobal)

}  // namespace chansan::check
