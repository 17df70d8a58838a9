// chan-close-by-receiver: a goroutine that only receives closes the channel.
#include <algorithm>

#include "tool/check/check.h"

namespace chansan::check {
namespace {

class ChanCloseByReceiver final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns()) {
      if (!spawn.runs) continue;
      for (const Call* close : spawn.runs->calls)
        if (close->role == Role::kClose) judge(*spawn.runs, *close, facts);
    }
  }

  void judge(const Body& body, const Call& close, const Facts& facts) {
    const Place channel = close.place();
    if (channel.empty()) return;
    const auto uses = [&](const Body& where, Role role) {
      return std::ranges::any_of(where.calls, [&](const Call* call) {
        return call->role == role && call->place() == channel;
      });
    };
    const bool receives = uses(body, Role::kRecv) || uses(body, Role::kRange);
    if (!receives || uses(body, Role::kSend)) return;
    for (const Body& other : facts.bodies())
      if (&other != &body && uses(other, Role::kSend)) {
        report(
            close.at(),
            "the receiver closes " + spelled(close.object, "the channel") +
                ", on which another goroutine sends; who sends should close");
        return;
      }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(chan_close_by_receiver, ChanCloseByReceiver)

}  // namespace chansan::check
