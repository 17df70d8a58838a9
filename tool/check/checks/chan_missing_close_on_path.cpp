// chan-missing-close-on-path: a channel that is ranged over is closed on some
// ways out only.
#include <set>

#include "tool/check/check.h"
#include "tool/check/checks/stuck.h"

namespace chansan::check {
namespace {

class ChanMissingCloseOnPath final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    std::set<model::SiteId> told;
    for (const model::Stuck& stuck : outcomes.stuck) {
      if (shape_of(stuck, outcomes) != Shape::kRange) continue;
      for (const model::Waiting* range : ranges_at_fault(stuck, outcomes))
        if (outcomes.closed.contains(range->object_site) &&
            told.insert(range->site).second)
          tell(stuck, *range);
    }
  }

  void tell(const model::Stuck& stuck, const model::Waiting& range) {
    Story story = analysis().story(stuck.trace);
    story.push_back({analysis().location(range.object_site), 0,
                     "the channel is made here, and on this path nothing "
                     "closes it"});
    story.push_back(
        {analysis().location(range.site), range.goroutine, range.text});
    report(analysis().location(range.site),
           "this range may never end: a path exists on which nothing closes " +
               range.object,
           story);
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(chan_missing_close_on_path, ChanMissingCloseOnPath)

}  // namespace chansan::check
