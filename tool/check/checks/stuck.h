// What the checks of goroutines that wait for ever have in common.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tool/check/check.h"

namespace chansan::check {

/// The ranges of a stuck state that wait for a close which is the mistake.
std::vector<const model::Waiting*> ranges_at_fault(
    const model::Stuck& stuck, const model::Outcomes& outcomes);

/// Why nobody goes on, by who waits for what.
enum class Shape : std::uint8_t {
  kOther,
  kNil,            // an operation on a nil channel
  kDoubleLock,     // a lock that its owner locks
  kRecursiveRead,  // a read lock taken again, and a writer between
  kRange,          // a range whose channel nothing closes
  kLostSignal,     // a condition that nobody notifies
  kWaitUnderLock,  // a wait group waited for with a lock that the others need
  kChannelLock,    // a channel waited for with such a lock
  kLockOrder,      // locks taken in two orders
  kSelfBlock,      // one goroutine is both sides of a channel
  kOrphanSend,
  kCapacity,  // the same on a channel with a buffer
  kOrphanReceive,
};

Shape shape_of(const model::Stuck& stuck, const model::Outcomes& outcomes);

/// The check that tells about `shape`; empty if none does.
std::string id_of(Shape shape);

/// The goroutines to tell of: not those that are endless loops, which are made
/// to be left waiting for a channel.
std::vector<const model::Waiting*> to_tell(const model::Stuck& stuck);

/// A check of one shape.
class ShapeCheck : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 protected:
  void judge_shape(const Outcomes& outcomes, Shape shape,
                   const std::string& mend);
};

/// "goroutine leak: goroutine 2 waits ...", and its story.
std::string stuck_message(const model::Stuck& stuck,
                          const model::Waiting& waiting);
Story stuck_story(const model::Stuck& stuck, const Analysis& analysis);

}  // namespace chansan::check
