// go-all-asleep: the program can come to a state in which every goroutine is
// blocked and nothing that is left can wake one.
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
      if (stuck.leak || stuck.partial) continue;
      // Some mistakes have checks of their own, as has each shape that a
      // function's part of a program can get stuck in.
      const Shape shape = shape_of(stuck, outcomes);
      const bool plain = shape == Shape::kDoubleLock ||
                         shape == Shape::kRecursiveRead ||
                         shape == Shape::kRange;
      if ((plain || !stuck.is_main) && is_enabled(id_of(shape))) continue;
      const model::Waiting& first = stuck.waiting.front();
      if (told.insert(first.site).second)
        report(analysis().location(first.site), stuck_message(stuck, first),
               stuck_story(stuck, analysis()));
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(go_all_asleep, GoAllAsleep)

}  // namespace chansan::check
