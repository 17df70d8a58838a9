#include "runtime/src/timer_heap.h"

#include <algorithm>
#include <new>
#include <utility>

#include "runtime/src/chan_core.h"
#include "runtime/src/check.h"
#include "runtime/src/chooser.h"
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

TimerHeap& timers() {
  static TimerHeap one;
  return one;
}

void TimerHeap::place(std::size_t position, TimerEntry* entry) {
  heap_[position] = entry;
  entry->position = position;
}

void TimerHeap::sift_up(std::size_t position) {
  TimerEntry* entry = heap_[position];
  while (position > 0) {
    const std::size_t parent = (position - 1) / kArity;
    if (!before(*entry, *heap_[parent])) break;
    place(position, heap_[parent]);
    position = parent;
  }
  place(position, entry);
}

void TimerHeap::sift_down(std::size_t position) {
  TimerEntry* entry = heap_[position];
  for (;;) {
    const std::size_t first = position * kArity + 1;
    if (first >= heap_.size()) break;
    std::size_t least = first;
    const std::size_t end = std::min(first + kArity, heap_.size());
    for (std::size_t child = first + 1; child < end; ++child) {
      if (before(*heap_[child], *heap_[least])) least = child;
    }
    if (!before(*heap_[least], *entry)) break;
    place(position, heap_[least]);
    position = least;
  }
  place(position, entry);
}

void TimerHeap::update_deadline() {
  next_deadline_.store(heap_.empty() ? kForever : heap_.front()->when_ns,
                       std::memory_order_release);
}

void TimerHeap::insert(TimerEntry& entry) {
  entry.sequence = ++sequence_;
  if (chooser()) [[unlikely]] {
    // Among equal times any order.
    entry.sequence += std::uint64_t{choose(Choice::kTimer, 1u << 16)} << 32;
  }
  heap_.push_back(&entry);
  sift_up(heap_.size() - 1);
  if (entry.kind != TimerKind::kChannel) ++wakers_;
  if (entry.position == 0) update_deadline();
}

void TimerHeap::remove(TimerEntry& entry) {
  const std::size_t position =
      std::exchange(entry.position, TimerEntry::kNotInHeap);
  TimerEntry* last = heap_.back();
  heap_.pop_back();
  if (last != &entry) {
    place(position, last);
    sift_down(position);
    sift_up(last->position);
  }
  if (entry.kind != TimerKind::kChannel) --wakers_;
  if (position == 0) update_deadline();
}

void TimerHeap::add(TimerEntry& entry, std::int64_t when_ns) {
  bool first = false;
  {
    ScopedLock hold(lock_);
    entry.when_ns = when_ns;
    insert(entry);
    first = entry.position == 0;
  }
  // Somebody may sleep for longer than until this one.
  if (first) scheduler().rearm();
}

bool TimerHeap::stop_locked(TimerEntry& entry) {
  bool active = entry.position != TimerEntry::kNotInHeap;
  if (active) remove(entry);
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
    insert(entry);
    first = entry.position == 0;
  }
  if (first) scheduler().rearm();
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

TimerHeap::Fired TimerHeap::fire_first(std::int64_t now) {
  TimerEntry* entry = heap_.front();
  remove(*entry);
  switch (entry->kind) {
    case TimerKind::kSleep:
      return {.woken = entry->sleeper};
    case TimerKind::kFunction:
      ++entry->users;
      return {.function = entry};
    case TimerKind::kChannel:
      break;
  }
  Fired fired{.woken = entry->channel->send_timer(now, entry)};
  if (entry->period_ns > 0) {
    // The next multiple that lies ahead: a late ticker drops ticks.
    const std::int64_t late = now - entry->when_ns;
    entry->when_ns += entry->period_ns * (1 + late / entry->period_ns);
    insert(*entry);
  } else if (entry->detached) {
    fired.spent = entry;
  }
  return fired;
}

void TimerHeap::fire_later(TimerEntry& entry) {
  constexpr std::int64_t kPatience = 1'000'000;
  ScopedLock hold(lock_);
  // Its owner may have given it up, or set it anew, meanwhile.
  if (entry.users < 2 || entry.position != TimerEntry::kNotInHeap) return;
  entry.when_ns = now_ns() + kPatience;
  insert(entry);
}

void TimerHeap::fire_expired() {
  const RuntimesOwn unobserved;
  GoroutineList woken;
  for (;;) {
    Fired fired;
    {
      ScopedLock hold(lock_);
      const std::int64_t now = now_ns();
      if (heap_.empty() || heap_.front()->when_ns > now) break;
      fired = fire_first(now);
    }
    if (fired.woken && fired.woken->foreign) {
      ready(fired.woken);
    } else if (fired.woken) {
      woken.push_back(fired.woken);
    }
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
  if (!woken.empty()) scheduler().ready_all(woken);
}

bool TimerHeap::can_wake() {
  ScopedLock hold(lock_);
  if (wakers_ > 0) return true;
  for (const TimerEntry* entry : heap_) {
    if (entry->channel->has_receiver()) return true;
  }
  return false;
}

std::vector<const ChanCore*> TimerHeap::channels() {
  std::vector<const ChanCore*> armed;
  ScopedLock hold(lock_);
  for (const TimerEntry* entry : heap_) {
    if (entry->channel) armed.push_back(entry->channel);
  }
  return armed;
}

}  // namespace csp::internal
