// wg-missing-done-path: a goroutine that may end without the done() of its wait
// group.
#include <algorithm>

#include "tool/check/check.h"
#include "tool/check/flow.h"

namespace chansan::check {
namespace {

class WgMissingDonePath final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns()) {
      if (!spawn.runs || spawn.call->role == Role::kWgGo) continue;
      for (const Call* done : spawn.runs->calls)
        if (done->role == Role::kWgDone && !done->place().empty()) {
          judge(spawn, *done, facts);
          break;
        }
    }
  }

  void judge(const Spawn& spawn, const Call& done, const Facts& facts) {
    const Body& body = *spawn.runs;
    // A literal that the body has made may be what counts down at its end.
    for (const Body& other : facts.bodies())
      if (other.outer == &body && other.has({Role::kWgDone})) return;
    // A done() for each turn of a loop counts what is done, not goroutines.
    if (facts.loop_around(done.expr, body.block)) return;
    const Place group = done.place();
    const auto is_done = [&](const clang::Stmt* statement) {
      return std::ranges::any_of(body.calls, [&](const Call* call) {
        return call->expr == statement && call->role == Role::kWgDone &&
               call->place() == group;
      });
    };
    const Flow flow(body, facts.context());
    if (!flow.leaves(nullptr, is_done)) return;
    const clang::Stmt* way_out = flow.find(
        nullptr,
        [](const clang::Stmt* statement) {
          return llvm::isa<clang::ReturnStmt>(statement);
        },
        is_done);
    report(way_out ? way_out->getBeginLoc() : body.block->getEndLoc(),
           "the goroutine may end here without " +
               spelled(done.object, "the wait group") +
               "'s done(): the wait never ends; use wait_group::go()",
           {{spawn.call->at(), 0, "it is started here"},
            {done.at(), 0, "another way calls done() here"}});
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(wg_missing_done_path, WgMissingDonePath)

}  // namespace chansan::check
