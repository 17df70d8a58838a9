// go-raii-across-yield: a goroutine is parked while it holds a lock of its OS
// thread.
#include <algorithm>
#include <set>

#include "tool/check/check.h"
#include "tool/check/checks/sections.h"
#include "tool/check/checks/spawns.h"

namespace chansan::check {
namespace {

class GoRaiiAcrossYield final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    std::set<const Body*> judged;
    for (const Spawn& spawn : facts.spawns()) {
      if (spawn.thread) continue;
      for (const Body* body : run_by(spawn, facts))
        if (judged.insert(body).second) judge(*body, spawn, facts);
    }
  }

  void judge(const Body& body, const Spawn& spawn, const Facts& facts) {
    for (const Section& section : sections_of(body, facts)) {
      if (!section.native) continue;
      for (const Call* call : body.calls) {
        const bool parks =
            std::ranges::find(kParks, call->role) != kParks.end() ||
            call->role == Role::kYield || call->role == Role::kRange;
        if (!parks || !section.covers(call->expr, facts)) continue;
        // A wait on the lock's own condition gives it up.
        if (call->role >= Role::kCondWait && call->role <= Role::kCondWaitFor)
          continue;
        report(section.lock->at(),
               "this lock belongs to the OS thread, and the goroutine may go "
               "on in another one after it was parked; use csp::mutex",
               {{call->at(), 0, "it may be parked here"},
                {spawn.call->at(), 0, "the goroutine is started here"}});
        break;
      }
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(go_raii_across_yield, GoRaiiAcrossYield)

}  // namespace chansan::check
