// chan-range-never-closed: `for (auto v : c)` ends when c is closed and
// drained. If nothing closes c, the goroutine waits in the range for ever.
#include <set>

#include "tool/check/check.h"
#include "tool/check/checks/stuck.h"

namespace chansan::check {
namespace {

class ChanRangeNeverClosed final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    std::set<model::SiteId> told;
    for (const model::Stuck& stuck : outcomes.stuck)
      for (const model::Waiting* range : ranges_at_fault(stuck, outcomes))
        if (!(outcomes.closed.contains(range->object_site) &&
              is_enabled("chan-missing-close-on-path")) &&
            told.insert(range->site).second)
          tell(stuck, *range, outcomes);
    for (const model::OpenRange& range : outcomes.open_ranges)
      if (told.insert(range.site).second)
        report(analysis().location(range.site),
               "this range never ends: nothing closes " + range.channel,
               {{analysis().location(range.made_at), 0,
                 "the channel is made here, and no code closes it"}});
  }

  void tell(const model::Stuck& stuck, const model::Waiting& range,
            const Outcomes& outcomes) {
    const bool closed_elsewhere = outcomes.closed.contains(range.object_site);
    Story story = analysis().story(stuck.trace);
    story.push_back(
        {analysis().location(range.object_site), 0,
         "the channel is made here, and " +
             std::string(closed_elsewhere ? "on this path nothing closes it"
                                          : "no code closes it")});
    story.push_back(
        {analysis().location(range.site), range.goroutine, range.text});
    report(analysis().location(range.site),
           closed_elsewhere
               ? "this range may never end: a path exists on which nothing "
                 "closes " +
                     range.object
               : "this range never ends: nothing closes " + range.object,
           story);
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(chan_range_never_closed, ChanRangeNeverClosed)

}  // namespace chansan::check
