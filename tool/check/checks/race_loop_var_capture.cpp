// race-loop-var-capture: a goroutine that a loop starts captures the loop's
// variable by reference, and the loop goes on to change it.
#include <set>

#include "tool/check/check.h"
#include "tool/check/checks/races.h"
#include "tool/check/checks/spawns.h"

namespace chansan::check {
namespace {

class RaceLoopVarCapture final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    std::set<model::SiteId> told;
    for (const model::Race& race : outcomes.races) {
      if (race.global || !race.loop) continue;
      if (!told.insert(race.variable_site).second) continue;
      // The goroutine's use is where the copy is missing.
      model::Race shown = race;
      if (shown.later.write && !shown.earlier.write)
        std::swap(shown.later, shown.earlier);
      report(analysis().location(shown.later.site),
             "data race on the loop variable '" + race.variable +
                 "', captured by reference: " + unordered_pair(shown) +
                 "; capture it by value",
             race_story(shown, analysis()));
    }
  }

  // The variable of a range ends with each turn, and is made anew: no two
  // goroutines share it, and none may keep a reference to it.
  void judge_source(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns()) judge(spawn, facts);
  }

  void judge(const Spawn& spawn, const Facts& facts) {
    for (const KeptReference& kept : kept_references(spawn)) {
      const clang::Stmt* loop = inner_scope_of(*kept.variable, spawn, facts);
      if (!llvm::isa_and_nonnull<clang::CXXForRangeStmt>(loop) ||
          waits_in(loop, spawn, facts))
        continue;
      report(kept.at,
             "the goroutine keeps a reference to the loop variable '" +
                 kept.variable->getNameAsString() +
                 "', which ends with each turn; capture it by value",
             {{kept.variable->getLocation(), 0, "it is declared here"}});
      return;
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(race_loop_var_capture, RaceLoopVarCapture)

}  // namespace chansan::check
