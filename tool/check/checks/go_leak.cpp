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
      if (!stuck.leak && !stuck.partial) continue;
      const Shape shape = shape_of(stuck, outcomes);
      if (shape != Shape::kOther && is_enabled(id_of(shape))) continue;
      for (const model::Waiting* waiting : to_tell(stuck))
        if (told.insert(waiting->site).second)
          report(analysis().location(waiting->site),
                 stuck_message(stuck, *waiting),
                 stuck_story(stuck, analysis()));
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(go_leak, GoLeak)

}  // namespace chansan::check
