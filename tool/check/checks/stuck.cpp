#include "tool/check/checks/stuck.h"

#include <algorithm>

namespace chansan::check {
namespace {

using model::Op;
using model::Waiting;

// Waits for goroutines to end, which may themselves be in the range.
bool waits_for_others(const Waiting& waiting) {
  return waiting.op == Op::kWait || waiting.op == Op::kJoin;
}

}  // namespace

std::vector<const Waiting*> ranges_at_fault(const model::Stuck& stuck,
                                            const model::Outcomes& outcomes) {
  // If a goroutine that is stuck elsewhere would have closed the channel, then
  // that goroutine's wait is the mistake.
  const bool others_are_stuck =
      std::ranges::any_of(stuck.waiting, [](const Waiting& waiting) {
        return !waiting.range && !waits_for_others(waiting);
      });
  std::vector<const Waiting*> ranges;
  for (const Waiting& waiting : stuck.waiting) {
    if (!waiting.range || waiting.nil) continue;
    const bool closed_elsewhere = outcomes.closed.contains(waiting.object_site);
    if (!closed_elsewhere || !others_are_stuck) ranges.push_back(&waiting);
  }
  return ranges;
}

}  // namespace chansan::check
