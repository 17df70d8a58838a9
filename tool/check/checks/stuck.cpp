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

bool is_lock(const Waiting& waiting) {
  return waiting.op == Op::kLock || waiting.op == Op::kRLock;
}

bool is_channel(const Waiting& waiting) {
  return waiting.op == Op::kSend || waiting.op == Op::kRecv ||
         waiting.op == Op::kSelect;
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

std::vector<const Waiting*> to_tell(const model::Stuck& stuck) {
  std::vector<const Waiting*> all;
  for (const Waiting& waiting : stuck.waiting)
    if (!waiting.immortal || !is_channel(waiting) || !waiting.holds.empty())
      all.push_back(&waiting);
  return all;
}

Shape shape_of(const model::Stuck& stuck, const model::Outcomes& outcomes) {
  const auto any = [&](const auto& test) {
    return std::ranges::any_of(stuck.waiting, test);
  };
  if (any([](const Waiting& w) { return w.nil; })) return Shape::kNil;
  if (any([](const Waiting& w) { return w.owner && w.owner == w.goroutine; }))
    return Shape::kDoubleLock;
  if (any([](const Waiting& w) { return w.reads_again; }))
    return Shape::kRecursiveRead;
  if (!ranges_at_fault(stuck, outcomes).empty()) return Shape::kRange;
  if (any([](const Waiting& w) { return w.op == Op::kCondWait; }))
    return Shape::kLostSignal;
  const auto locks = std::ranges::count_if(stuck.waiting, is_lock);
  const auto holds = [&](const auto& test) {
    return any([&](const Waiting& w) { return test(w) && !w.holds.empty(); });
  };
  if (locks > 0) {
    if (holds(waits_for_others)) return Shape::kWaitUnderLock;
    if (holds(is_channel)) return Shape::kChannelLock;
    return locks > 1 ? Shape::kLockOrder : Shape::kOther;
  }
  const bool alone = stuck.waiting.size() == 1 &&
                     std::ranges::all_of(stuck.trace, [](const auto& step) {
                       return step.goroutine <= 1;
                     });
  if (alone && is_channel(stuck.waiting[0])) return Shape::kSelfBlock;
  if (!stuck.leak && !stuck.partial) return Shape::kOther;
  for (const Waiting* waiting : to_tell(stuck)) {
    if (waiting->op == Op::kSend)
      return waiting->unbuffered ? Shape::kOrphanSend : Shape::kCapacity;
    if (waiting->op == Op::kRecv && !waiting->context)
      return Shape::kOrphanReceive;
  }
  return Shape::kOther;
}

std::string id_of(Shape shape) {
  switch (shape) {
    case Shape::kOther:
      return "";
    case Shape::kNil:
      return "chan-nil-op";
    case Shape::kDoubleLock:
      return "lock-double-acquire";
    case Shape::kRecursiveRead:
      return "lock-recursive-rlock";
    case Shape::kRange:
      return "chan-range-never-closed";
    case Shape::kLostSignal:
      return "lock-cv-lost-signal";
    case Shape::kWaitUnderLock:
      return "wg-wait-under-lock";
    case Shape::kChannelLock:
      return "chan-lock-cycle";
    case Shape::kLockOrder:
      return "lock-order-cycle";
    case Shape::kSelfBlock:
      return "chan-self-block";
    case Shape::kOrphanSend:
      return "chan-orphan-send";
    case Shape::kCapacity:
      return "chan-capacity-short";
    case Shape::kOrphanReceive:
      return "chan-orphan-recv";
  }
  return "";
}

std::string stuck_message(const model::Stuck& stuck, const Waiting& waiting) {
  const std::string who =
      "goroutine " + std::to_string(waiting.goroutine) + " " + waiting.text;
  if (stuck.leak)
    return "goroutine leak: " + who +
           ", and the function that started it has returned";
  if (stuck.partial) return who + ", for ever, while others go on";
  if (stuck.is_main) return "all goroutines are asleep - deadlock: " + who;
  return "this call never returns: " + who;
}

Story stuck_story(const model::Stuck& stuck, const Analysis& analysis) {
  Story story = analysis.story(stuck.trace);
  constexpr std::size_t kToldMax = 12;
  const std::size_t told = std::min(stuck.waiting.size(), kToldMax);
  for (std::size_t i = 0; i < told; ++i) {
    const Waiting& waiting = stuck.waiting[i];
    story.push_back(
        {analysis.location(waiting.site), waiting.goroutine, waiting.text});
  }
  if (const std::size_t left = stuck.waiting.size() - told)
    story.push_back({analysis.location(stuck.waiting[told].site), 0,
                     std::to_string(left) + " more goroutines wait"});
  return story;
}

void ShapeCheck::judge_shape(const Outcomes& outcomes, Shape shape,
                             const std::string& mend) {
  std::set<model::SiteId> told;
  for (const model::Stuck& stuck : outcomes.stuck) {
    // What stops the whole program is told by go-all-asleep.
    const bool whole = stuck.is_main && !stuck.leak && !stuck.partial;
    if (whole && is_enabled("go-all-asleep")) continue;
    if (shape_of(stuck, outcomes) != shape) continue;
    const auto waiting = to_tell(stuck);
    if (waiting.empty()) continue;
    // One goroutine stands for all: the notes have the others.
    const auto culprit = std::ranges::find_if(
        waiting, [](const Waiting* one) { return !waits_for_others(*one); });
    const Waiting& first = culprit == waiting.end() ? *waiting[0] : **culprit;
    if (!told.insert(first.site).second) continue;
    report(analysis().location(first.site),
           stuck_message(stuck, first) + "; " + mend,
           stuck_story(stuck, analysis()));
  }
}

}  // namespace chansan::check
