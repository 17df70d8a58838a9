#include "tool/check/checks/races.h"

#include <algorithm>
#include <iterator>

namespace chansan::check {
namespace {

std::string verb(const model::Touch& touch) {
  return touch.write ? "write" : "read";
}

std::string who(const model::Touch& touch) {
  return "goroutine " + std::to_string(touch.goroutine);
}

}  // namespace

std::string unordered_pair(const model::Race& race) {
  return "nothing orders this " + verb(race.later) + " by " + who(race.later) +
         " and the " + verb(race.earlier) + " by " + who(race.earlier);
}

std::string id_of(model::Sort sort) {
  switch (sort) {
    case model::Sort::kPlain:
      return "";
    case model::Sort::kContainer:
      return "race-container-mutation";
    case model::Sort::kHandle:
      return "race-shared-ptr-slot";
  }
  return "";
}

Story race_story(const model::Race& race, const Analysis& analysis) {
  Story story;
  story.push_back({analysis.location(race.earlier.site), race.earlier.goroutine,
                   verb(race.earlier) + "s '" + race.variable + "' here"});
  model::Trace about_them;
  std::ranges::copy_if(race.trace, std::back_inserter(about_them),
                       [&](const model::TraceStep& step) {
                         return step.goroutine == race.earlier.goroutine ||
                                step.goroutine == race.later.goroutine;
                       });
  const Story told = analysis.story(about_them);
  story.insert(story.end(), told.begin(), told.end());
  return story;
}

}  // namespace chansan::check
