// chan-close-multi-sender: each of several senders closes the channel.
#include <algorithm>

#include "tool/check/check.h"

namespace chansan::check {
namespace {

class ChanCloseMultiSender final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns()) {
      const Body* body = spawn.runs;
      const clang::Stmt* loop =
          body ? facts.loop_around(spawn.call->expr, spawn.call->body->block)
               : nullptr;
      if (!loop) continue;
      for (const Call* close : body->calls)
        if (close->role == Role::kClose) judge(spawn, *close, loop, facts);
    }
  }

  void judge(const Spawn& spawn, const Call& close, const clang::Stmt* loop,
             const Facts& facts) {
    const Place channel = close.place();
    const auto* variable = channel.size() == 1
                               ? llvm::dyn_cast<clang::VarDecl>(channel[0])
                               : nullptr;
    // One channel for all turns of the loop, and closed by each.
    const auto& sources = facts.context().getSourceManager();
    if (!variable || variable->isInitCapture() ||
        facts.around<clang::IfStmt, clang::SwitchStmt, clang::CXXTryStmt>(
            close.expr, spawn.runs->block) ||
        !sources.isBeforeInTranslationUnit(variable->getLocation(),
                                           loop->getBeginLoc()))
      return;
    const bool sends =
        std::ranges::any_of(spawn.runs->calls, [&](const Call* call) {
          return call->role == Role::kSend && call->place() == channel;
        });
    if (!sends) return;
    report(close.at(),
           "every goroutine that this loop starts sends on and closes " +
               spelled(close.object, "the channel") +
               ": the first close ends the others; close it once, when all "
               "are done",
           {{spawn.call->at(), 0, "they are started here"}});
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(chan_close_multi_sender, ChanCloseMultiSender)

}  // namespace chansan::check
