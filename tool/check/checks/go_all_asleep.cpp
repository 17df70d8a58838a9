// go-all-asleep: the program can come to a state in which every goroutine is
// blocked and nothing that is left can wake one.
#include <algorithm>
#include <set>

#include "tool/check/check.h"
#include "tool/check/checks/stuck.h"

namespace chansan::check {
namespace {

class GoAllAsleep final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    std::set<model::SiteId> told;
    for (const model::Stuck& stuck : outcomes.stuck) {
      if (stuck.leak) continue;
      // A missing close and a lock taken twice have checks of their own.
      if (is_enabled("chan-range-never-closed") &&
          !ranges_at_fault(stuck, outcomes).empty())
        continue;
      if (is_enabled("lock-double-acquire") && locks_itself_out(stuck))
        continue;
      const model::Waiting& first = stuck.waiting.front();
      if (told.insert(first.site).second) tell(stuck, first);
    }
  }

  static bool locks_itself_out(const model::Stuck& stuck) {
    return std::ranges::any_of(
        stuck.waiting, [](const model::Waiting& waiting) {
          return waiting.owner != 0 && waiting.owner == waiting.goroutine;
        });
  }

  void tell(const model::Stuck& stuck, const model::Waiting& first) {
    Story story = analysis().story(stuck.trace);
    for (const model::Waiting& waiting : stuck.waiting)
      story.push_back(
          {analysis().location(waiting.site), waiting.goroutine, waiting.text});
    report(analysis().location(first.site),
           std::string(stuck.is_main ? "all goroutines are asleep - deadlock: "
                                     : "this call never returns: ") +
               "goroutine " + std::to_string(first.goroutine) + " " +
               first.text,
           story);
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(go_all_asleep, GoAllAsleep)

}  // namespace chansan::check
