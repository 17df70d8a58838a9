#include "tool/check/checks/misuses.h"

namespace chansan::check {

Story misuse_story(const model::Misuse& misuse, const std::string& other,
                   const Analysis& analysis) {
  Story story;
  if (misuse.other != model::kNoSite && !other.empty())
    story.push_back({analysis.location(misuse.other), misuse.other_goroutine,
                     other + " is here"});
  const Story told = analysis.story(misuse.trace);
  story.insert(story.end(), told.begin(), told.end());
  return story;
}

}  // namespace chansan::check
