// go-leak: a function has returned, and a goroutine that it started waits for
// something that nobody can do any more.
#include <set>

#include "tool/check/check.h"
#include "tool/check/checks/stuck.h"

namespace chansan::check {
namespace {

class GoLeak final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    std::set<model::SiteId> told;
    for (const model::Stuck& stuck : outcomes.stuck) {
      if (!stuck.leak || !ranges_at_fault(stuck, outcomes).empty()) continue;
      for (const model::Waiting& waiting : stuck.waiting)
        if (told.insert(waiting.site).second) tell(stuck, waiting);
    }
  }

  void tell(const model::Stuck& stuck, const model::Waiting& waiting) {
    Story story = analysis().story(stuck.trace);
    story.push_back(
        {analysis().location(waiting.site), waiting.goroutine, waiting.text});
    report(analysis().location(waiting.site),
           "goroutine leak: goroutine " + std::to_string(waiting.goroutine) +
               " " + waiting.text +
               ", and the function that started it has returned",
           story);
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(go_leak, GoLeak)

}  // namespace chansan::check
