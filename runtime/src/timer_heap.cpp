#include "runtime/src/timer_heap.h"

#include <algorithm>
#include <array>
#include <new>
#include <span>
#include <utility>

#include "runtime/src/chan_core.h"
#include "runtime/src/check.h"
#include "runtime/src/chooser.h"
#include "runtime/src/immortal.h"
#include "runtime/src/listener.h"
#include "runtime/src/scheduler.h"

namespace csp::internal {

namespace {

constexpr std::size_t kArity = 4;

void destroy_entry(TimerEntry* entry) {
  if (entry->destroy) entry->destroy(entry->argument);
  if (entry->channel) chan_release(entry->channel);
  delete entry;
}

}  // namespace

TimerHeap& timers() { return immortal<TimerHeap>(); }

void TimerHeap::place(std::size_t position, const Node& node) {
  heap_[position] = node;
  if (node.entry) node.entry->position = position;
}

// Returns where it went.
std::size_t TimerHeap::sift_up(std::size_t position) {
  const Node node = heap_[position];
  while (position > 0) {
    const std::size_t parent = (position - 1) / kArity;
    if (!before(node, heap_[parent])) break;
    place(position, heap_[parent]);
    position = parent;
  }
  place(position, node);
  return position;
}

std::size_t TimerHeap::sift_down(std::size_t position) {
  const Node node = heap_[position];
  for (;;) {
    const std::size_t first = position * kArity + 1;
    if (first >= heap_.size()) break;
    std::size_t least = first;
    const std::size_t end = std::min(first + kArity, heap_.size());
    for (std::size_t child = first + 1; child < end; ++child) {
      if (before(heap_[child], heap_[least])) least = child;
    }
    if (!before(heap_[least], node)) break;
    place(position, heap_[least]);
    position = least;
  }
  place(position, node);
  return position;
}

void TimerHeap::update_deadline() {
  next_deadline_.store(heap_.empty() ? kForever : heap_.front().when_ns,
                       std::memory_order_release);
}

std::uint64_t TimerHeap::next_sequence() {
  const std::uint64_t next = ++sequence_;
  if (!chooser()) [[likely]] {
    return next;
  }
  // Among equal times any order.
  return next + (std::uint64_t{choose(Choice::kTimer, 1u << 16)} << 32);
}

// Returns whether it is the first now.
bool TimerHeap::insert(Node node) {
  node.sequence = next_sequence();
  heap_.push_back(node);
  if (wakes_always(node)) ++wakers_;
  if (sift_up(heap_.size() - 1) != 0) return false;
  update_deadline();
  return true;
}

bool TimerHeap::insert(TimerEntry& entry) {
  return insert({.when_ns = entry.when_ns, .entry = &entry});
}

void TimerHeap::remove(std::size_t position) {
  const Node node = heap_[position];
  if (node.entry) node.entry->position = TimerEntry::kNotInHeap;
  if (wakes_always(node)) --wakers_;
  const Node last = heap_.back();
  heap_.pop_back();
  if (position < heap_.size()) {
    heap_[position] = last;
    sift_up(sift_down(position));
  }
  if (position == 0) update_deadline();
}

// In one step: a watcher that found no timer in between would sleep for ever.
void TimerHeap::postpone_first(std::int64_t when_ns) {
  Node& first = heap_.front();
  first.when_ns = first.entry->when_ns = when_ns;
  first.sequence = next_sequence();
  sift_down(0);
  update_deadline();
}

void TimerHeap::add_sleeper(Goroutine* sleeper, std::int64_t when_ns) {
  bool first = false;
  {
    ScopedLock hold(lock_);
    first = insert({.when_ns = when_ns, .sleeper = sleeper});
  }
  if (first) scheduler().rearm(Changed::kTimers);
}

void TimerHeap::add(TimerEntry& entry, std::int64_t when_ns) {
  bool first = false;
  {
    ScopedLock hold(lock_);
    entry.when_ns = when_ns;
    first = insert(entry);
  }
  // Somebody may sleep for longer than until this one.
  if (first) scheduler().rearm(Changed::kTimers);
}

bool TimerHeap::stop_locked(TimerEntry& entry) {
  bool active = entry.position != TimerEntry::kNotInHeap;
  if (active) remove(entry.position);
  if (entry.channel && entry.channel->drain_timer()) active = true;
  return active;
}

bool TimerHeap::stop(TimerEntry& entry) {
  ScopedLock hold(lock_);
  return stop_locked(entry);
}

bool TimerHeap::reset(TimerEntry& entry, std::int64_t when_ns,
                      std::int64_t period_ns) {
  bool active = false;
  bool first = false;
  {
    ScopedLock hold(lock_);
    active = stop_locked(entry);
    entry.when_ns = when_ns;
    entry.period_ns = period_ns;
    first = insert(entry);
  }
  if (first) scheduler().rearm(Changed::kTimers);
  return active;
}

void TimerHeap::drop(TimerEntry* entry) {
  {
    ScopedLock hold(lock_);
    if (--entry->users > 0) return;
  }
  destroy_entry(entry);
}

void TimerHeap::detach(TimerEntry* entry) {
  {
    ScopedLock hold(lock_);
    entry->detached = true;
    if (entry->position != TimerEntry::kNotInHeap) return;
  }
  destroy_entry(entry);  // has fired already
}

// The first one is a timer and not a sleeper.
TimerHeap::Fired TimerHeap::fire_first(std::int64_t now) {
  TimerEntry* entry = heap_.front().entry;
  if (entry->kind == TimerKind::kFunction) {
    remove(0);
    ++entry->users;
    return {.function = entry};
  }
  Fired fired{.woken = entry->channel->send_timer(now, entry)};
  if (entry->period_ns > 0) {
    // The next multiple that lies ahead: a late ticker drops ticks.
    const std::int64_t late = now - entry->when_ns;
    postpone_first(entry->when_ns +
                   entry->period_ns * (1 + late / entry->period_ns));
  } else {
    remove(0);
    if (entry->detached) fired.spent = entry;
  }
  return fired;
}

void TimerHeap::fire_later(TimerEntry& entry) {
  constexpr std::int64_t kPatience = 1'000'000;
  bool first = false;
  {
    ScopedLock hold(lock_);
    // Its owner may have given it up, or set it anew, meanwhile.
    if (entry.users < 2 || entry.position != TimerEntry::kNotInHeap) return;
    entry.when_ns = now_ns() + kPatience;
    first = insert(entry);
  }
  if (first) scheduler().rearm(Changed::kTimers);
}

// Takes those who have slept long enough, as many as there is room for, and
// then at most one timer.
TimerHeap::Fired TimerHeap::take_expired(std::span<Goroutine*> sleepers) {
  Fired fired;
  ScopedLock hold(lock_);
  const std::int64_t now = now_ns();
  while (!heap_.empty() && heap_.front().when_ns <= now) {
    fired.more = true;
    if (heap_.front().entry) {
      const std::size_t taken = fired.sleepers;
      fired = fire_first(now);
      fired.sleepers = taken;
      return fired;
    }
    sleepers[fired.sleepers++] = heap_.front().sleeper;
    remove(0);
    if (fired.sleepers == sleepers.size()) return fired;
  }
  fired.more = false;
  return fired;
}

void TimerHeap::finish(const Fired& fired) {
  if (fired.function) {
    try {
      fired.function->fire(fired.function->argument);
    } catch (const std::bad_alloc&) {
      // No goroutine can be had for it now, and nobody is there to be told.
      fire_later(*fired.function);
    }
    drop(fired.function);
  }
  if (fired.spent) destroy_entry(fired.spent);
}

void TimerHeap::fire_expired() {
  const RuntimesOwn unobserved;
  GoroutineList woken;
  const auto wake = [&](Goroutine* goroutine) {
    if (goroutine->foreign) {
      ready(goroutine);
    } else {
      woken.push_back(goroutine);
    }
  };
  std::array<Goroutine*, 64> sleepers;  // others wait for the lock
  Fired fired;
  do {
    fired = take_expired(sleepers);
    for (Goroutine* sleeper : std::span(sleepers).first(fired.sleepers)) {
      wake(sleeper);
    }
    if (fired.woken) wake(fired.woken);
    finish(fired);
  } while (fired.more);
  if (!woken.empty()) scheduler().ready_all(woken);
}

bool TimerHeap::can_wake() {
  ScopedLock hold(lock_);
  if (wakers_ > 0) return true;
  for (const Node& node : heap_) {
    if (node.entry->channel->has_receiver()) return true;
  }
  return false;
}

std::vector<const ChanCore*> TimerHeap::channels() {
  std::vector<const ChanCore*> armed;
  ScopedLock hold(lock_);
  for (const Node& node : heap_) {
    if (node.entry && node.entry->channel) {
      armed.push_back(node.entry->channel);
    }
  }
  return armed;
}

}  // namespace csp::internal
