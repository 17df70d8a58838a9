// wg-add-races-wait: an add to a wait group that is zero while another
// goroutine waits for it.
#include "tool/check/check.h"
#include "tool/check/checks/misuses.h"

namespace chansan::check {
namespace {

class WgAddRacesWait final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    for (const model::Misuse& misuse : outcomes.misuses) {
      if (misuse.kind != model::Misuse::Kind::kAddRacesWait) continue;
      // A goroutine's first act is told by the check of that.
      if (is_enabled("wg-add-in-goroutine") && is_first_act(misuse.site))
        continue;
      Story story = misuse_story(misuse, "", analysis());
      story.push_back({analysis().location(misuse.other),
                       misuse.other_goroutine, "waits here"});
      report(analysis().location(misuse.site),
             "this add() to " + misuse.object +
                 ", which is zero, races with the wait(): it may return "
                 "before; add before the goroutine is started",
             story);
    }
  }

  bool is_first_act(model::SiteId site) {
    const Facts* unit = facts();
    if (!unit) return false;
    const unsigned line = unit->line(analysis().location(site));
    for (const Spawn& spawn : unit->spawns()) {
      const auto* block =
          spawn.runs ? llvm::dyn_cast<clang::CompoundStmt>(spawn.runs->block)
                     : nullptr;
      if (block && !block->body_empty() &&
          unit->line(block->body_front()->getBeginLoc()) == line)
        return true;
    }
    return false;
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(wg_add_races_wait, WgAddRacesWait)

}  // namespace chansan::check
