// The half of the scheduler that goroutines call; scheduler_loop.cpp has the
// half that machines run on their own stacks.
#include "runtime/src/scheduler.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <ctime>
#include <span>
#include <utility>

#include "csp/internal/fast_path.h"
#include "runtime/src/check.h"
#include "runtime/src/chooser.h"
#include "runtime/src/foreign.h"
#include "runtime/src/fork.h"
#include "runtime/src/futex.h"
#include "runtime/src/large_stacks.h"
#include "runtime/src/listener.h"
#include "runtime/src/monitor.h"
#include "runtime/src/poller.h"
#include "runtime/src/random.h"
#include "runtime/src/sanitizer.h"
#include "runtime/src/timer_heap.h"
#include "runtime/src/trace.h"

extern "C" {
__thread csp::internal::Machine* csp_machine = nullptr;
__thread std::uint32_t csp_goroutine = 0;
}

namespace csp::internal {

namespace {

// How often a processor looks beyond its own queue, and beyond run_next, so
// that two goroutines that hand off to each other starve nobody.
constexpr std::uint32_t kFairTicks = 31;

// How many goroutines one may start in a row while as many wait for their first
// turn. More would no longer be found in the caches when they get it. Go takes
// the processor from such a one, too, after 10 ms.
constexpr std::uint32_t kStartedMax = 4096;

// What the call writes is none of the goroutine's accesses.
std::int64_t read_clock(clockid_t clock) {
  const Unobserved own;
  timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

void Scheduler::switch_to(Machine& machine, Goroutine& from, Goroutine& to) {
  const bool to_goroutine = &to != &machine.scheduler;
  sanitizer::tsan_taken(&to.context);
  machine.current = to_goroutine ? &to : nullptr;
  from.exceptions = *machine.exceptions;
  *machine.exceptions = to.exceptions;
  if (to_goroutine) {
    to.status.store(Status::kRunning, std::memory_order_relaxed);
    csp_goroutine = static_cast<std::uint32_t>(to.id);
  }
  if (seam::hooks) [[unlikely]] {
    machine.end_told = false;
    seam::hooks->resume(to_goroutine ? to.id : 0,
                        to_goroutine ? &to.listener_state : nullptr);
  }
  if (trace::on()) [[unlikely]]
    trace::run(to_goroutine ? &to : nullptr);
  if (sanitizer::address()) [[unlikely]] {
    const bool dies =
        &from != &machine.scheduler && from.status.load() == Status::kDead;
    __sanitizer_start_switch_fiber(
        dies ? nullptr : &from.asan_fake_stack, to.stack_low,
        static_cast<std::size_t>(to.stack_high - to.stack_low));
  }
  sanitizer::tsan_left(&machine);
  sanitizer::tsan_switch(&from.context, to.tsan_fiber);
  csp_switch(&from.context, &to.context, &machine.inside, !to_goroutine);
  if (sanitizer::address()) [[unlikely]] {
    __sanitizer_finish_switch_fiber(from.asan_fake_stack, nullptr, nullptr);
  }
}

Goroutine* Scheduler::allocate(std::size_t stack_bytes) {
  Goroutine* fresh = nullptr;
  {
    const InsideRuntime here(this_machine());
    if (Processor* processor = here.processor()) {
      if (processor->free_count == 0) {
        processor->free_count =
            stacks_.take(std::span(processor->free).first(16));
      }
      if (processor->free_count > 0) {
        fresh = processor->free[--processor->free_count];
      }
    } else {
      fresh = stacks_.take();
    }
  }
  if (fresh) {
    if (stack_bytes > stacks_.stack_bytes()) [[unlikely]] {
      large_stacks().collect(stacks_);
      if (!large_stacks().attach(*fresh, stack_bytes)) {
        release(fresh);
        return nullptr;
      }
    }
    fresh->status.store(Status::kFresh, std::memory_order_relaxed);
  }
  return fresh;
}

void Scheduler::release(Goroutine* dead) {
  dead->status.store(Status::kDead, std::memory_order_relaxed);
  if (LargeStacks::has(*dead)) [[unlikely]] {
    large_stacks().retire(dead);
    monitor().trim_stacks();
    return;
  }
  const InsideRuntime here(this_machine());
  if (!here.processor()) {
    stacks_.give(std::span(&dead, 1));
    return;
  }
  Processor& processor = *here.processor();
  if (processor.free_count == Processor::kCacheSlots) {
    // The caller may still stand on the stack of `dead`: it stays here.
    constexpr std::size_t kHalf = Processor::kCacheSlots / 2;
    stacks_.give(std::span(processor.free).last(kHalf));
    processor.free_count -= kHalf;
  }
  processor.free[processor.free_count++] = dead;
}

seam::GoroutineId Scheduler::next_id() {
  constexpr seam::GoroutineId kBatch = 16;
  const InsideRuntime here(this_machine());
  if (!here.processor()) return ids_.fetch_add(1, std::memory_order_relaxed);
  Processor& processor = *here.processor();
  if (processor.next_id == processor.end_id) {
    // There is more than main: somebody may have to wait for a system call.
    monitor().watch_processors();
    processor.next_id = ids_.fetch_add(kBatch, std::memory_order_relaxed);
    processor.end_id = processor.next_id + kBatch;
  }
  return processor.next_id++;
}

Crowd Scheduler::spawn(Goroutine* fresh) {
  fresh->status.store(Status::kRunnable, std::memory_order_relaxed);
  Machine* machine = this_machine();
  const InsideRuntime here(machine);
  Crowd crowd = Crowd::kFew;
  if (Processor* processor = here.processor()) {
    machine->started.fetch_add(1, std::memory_order_relaxed);
    enqueue(*processor, fresh);
    const auto tick = processor->tick.load(std::memory_order_relaxed);
    if (std::exchange(processor->started_tick, tick) != tick) {
      processor->started_count = 0;
    }
    if (++processor->started_count >= kStartedMax &&
        global_size_.load(std::memory_order_relaxed) >= kStartedMax / 2) {
      crowd = Crowd::kTooMany;
    }
  } else {
    foreign_started_.fetch_add(1, std::memory_order_relaxed);
    ScopedLock hold(lock_);
    push_global(fresh);
  }
  wake_one();
  return crowd;
}

void Scheduler::push_global(Goroutine* goroutine) {
  global_.push_back(goroutine);
  global_size_.store(static_cast<std::uint32_t>(global_.size()),
                     std::memory_order_seq_cst);
}

void Scheduler::enqueue(Processor& processor, Goroutine* goroutine) {
  Goroutine* previous =
      processor.run_next.exchange(goroutine, std::memory_order_acq_rel);
  if (!previous) return;
  enqueue_tail(processor, previous);
  wake_one();
}

void Scheduler::enqueue_tail(Processor& processor, Goroutine* goroutine) {
  if (processor.queue.push(goroutine)) return;
  // Full: half of it goes to where every processor finds it.
  std::array<Goroutine*, RunQueue::kSlots / 2> older;
  const auto count = processor.queue.steal(
      older.data(), static_cast<std::uint32_t>(older.size()));
  ScopedLock hold(lock_);
  for (std::uint32_t i = 0; i < count; ++i) global_.push_back(older[i]);
  push_global(goroutine);
}

void Scheduler::ready(Goroutine* goroutine) {
  if (trace::on()) [[unlikely]]
    trace::ready(goroutine);
  goroutine->status.store(Status::kRunnable, std::memory_order_relaxed);
  {
    const InsideRuntime here(this_machine());
    if (here.processor()) [[likely]] {
      enqueue(*here.processor(), goroutine);
      return;
    }
    ScopedLock hold(lock_);
    push_global(goroutine);
  }
  wake_one();
}

void Scheduler::ready_all(GoroutineList& list, Caller caller) {
  const bool alone = caller == Caller::kRunsOne && list.size() == 1;
  const InsideRuntime here(this_machine());
  while (Goroutine* goroutine = list.pop_front()) {
    if (goroutine->foreign) {
      internal::ready(goroutine);
      continue;
    }
    if (trace::on()) [[unlikely]]
      trace::ready(goroutine);
    goroutine->status.store(Status::kRunnable, std::memory_order_relaxed);
    // To the tail, so that they run in their order.
    if (here.processor()) {
      enqueue_tail(*here.processor(), goroutine);
    } else {
      ScopedLock hold(lock_);
      push_global(goroutine);
    }
  }
  if (!alone || !here.processor()) wake_one();
}

// Null: go to the machine's own stack and look there.
Goroutine* Scheduler::next_local(Processor& processor) {
  const auto tick = processor.tick.load(std::memory_order_relaxed) + 1;
  processor.tick.store(tick, std::memory_order_relaxed);
  if (processor.attention.load(std::memory_order_relaxed)) [[unlikely]] {
    return nullptr;
  }
  if (tick % kFairTicks == 0) [[unlikely]] {
    if (Goroutine* fair = next_slow(*this_machine())) return fair;
  }
  if (processor.run_next.load(std::memory_order_relaxed)) {
    Goroutine* next =
        processor.run_next.exchange(nullptr, std::memory_order_acq_rel);
    if (next) return next;
  }
  return processor.queue.pop();
}

// What would otherwise starve: timers, the global queue, the older ones of
// the own queue.
Goroutine* Scheduler::next_slow(Machine& machine) {
  Processor& processor = *machine.processor();
  if (timers().has_any() && timers().next_deadline() <= now_ns()) {
    timers().fire_expired();
  }
  if (poller().has_waiters() &&
      processor.tick.load(std::memory_order_relaxed) % (kFairTicks * 2) == 0) {
    poller().poll(Caller::kGoesOn);
  }
  if (global_size_.load(std::memory_order_relaxed) > 0) {
    ScopedLock hold(lock_);
    if (Goroutine* goroutine = take_global(processor, 1)) return goroutine;
  }
  return processor.queue.pop();
}

void Scheduler::park() {
  Machine* machine = this_machine();
  Goroutine* self = machine->current;
  Processor* processor = machine->enter();
  if (!processor) [[unlikely]]
    return park_without_processor(*machine);
  Goroutine* next = next_local(*processor);
  if (next == self) {
    if (trace::on()) [[unlikely]]
      trace::run(self);
    self->status.store(Status::kRunning, std::memory_order_relaxed);
    machine->leave();
    return;
  }
  leave(*machine, *self, next);
}

// Null: to the machine's own stack.
void Scheduler::leave(Machine& machine, Goroutine& self, Goroutine* next) {
  if (next && next->context.on_cpu.load(std::memory_order_acquire) != 0)
      [[unlikely]] {
    // Waiting for it here could wait for a machine that waits for us.
    machine.handed = next;
    next = nullptr;
  }
  switch_to(machine, self, next ? *next : machine.scheduler);
}

void Scheduler::yield() {
  Machine* machine = this_machine();
  Goroutine* self = machine->current;
  if (!machine->enter()) [[unlikely]] {
    // Inside of csp::blocking() nobody waits for our processor.
    return come_back(*machine);
  }
  Processor& processor = *machine->processor();
  if (processor.queue.empty() &&
      processor.run_next.load(std::memory_order_relaxed) == nullptr &&
      global_size_.load(std::memory_order_relaxed) == 0 &&
      !processor.attention.load(std::memory_order_relaxed)) {
    // Alone: still serve timers and descriptors now and then, and let other
    // machines have the CPU that they may be waiting for.
    const auto tick =
        processor.tick.fetch_add(1, std::memory_order_relaxed) + 1;
    Goroutine* next = nullptr;
    if (tick % kFairTicks == 0) {
      if (tick % (kFairTicks * 8) == 0) sched_yield();
      next = next_slow(*machine);
    }
    if (!next) return machine->leave();
    self->status.store(Status::kRunnable, std::memory_order_relaxed);
    enqueue_tail(processor, self);
    if (next->context.on_cpu.load(std::memory_order_acquire) != 0) {
      machine->handed = next;
      next = nullptr;
    }
    switch_to(*machine, *self, next ? *next : machine->scheduler);
    return;
  }
  self->status.store(Status::kRunnable, std::memory_order_relaxed);
  enqueue_tail(processor, self);
  park();
}

// Behind everybody who can run, those that wait for their first turn too.
void Scheduler::step_back() {
  Machine* machine = this_machine();
  if (!machine->enter()) [[unlikely]] {
    return come_back(*machine);
  }
  Goroutine* self = machine->current;
  self->status.store(Status::kRunnable, std::memory_order_relaxed);
  {
    ScopedLock hold(lock_);
    push_global(self);
  }
  park();
}

void Scheduler::exit_goroutine() {
  Machine* machine = this_machine();
  Goroutine* self = machine->current;
  if (trace::on()) [[unlikely]]
    trace::end(self);
  while (!machine->enter()) {
    // The stack may be given to the next one only on this machine.
    come_back(*machine);
    machine = this_machine();
  }
  // Who looks at the world may be reading its name.
  if (paused()) [[unlikely]]
    wait_while_paused(*machine);
  // From here on it is not resumed any more, which the listener could not bear.
  if (listening()) [[unlikely]] {
    tell(seam::EventKind::kGoEnd, self);
    machine->end_told = true;
  }
  delete std::exchange(self->name, nullptr);
  // Before the slot is free: timers may fire here, and what they start must
  // not be given the stack that this still stands on.
  Goroutine* next = next_local(*machine->processor());
  if (self == &main_) {
    // main called goexit: its stack is the process's and stays.
    self->status.store(Status::kDead, std::memory_order_relaxed);
  } else {
    release(self);
  }
  machine->ended.fetch_add(1, std::memory_order_relaxed);
  leave(*machine, *self, next);
  CSP_CHECK(!"a goroutine ran after its end");
  __builtin_unreachable();
}

bool Scheduler::worth_spinning() const {
  if (processor_count_.load(std::memory_order_relaxed) -
          idle_count_.load(std::memory_order_relaxed) <
      2) {
    return false;
  }
  const Machine* machine = this_machine();
  const Processor* processor = machine ? machine->processor() : nullptr;
  return processor && processor->queue.empty() &&
         !processor->run_next.load(std::memory_order_relaxed);
}

std::size_t Scheduler::alive() const {
  std::int64_t alive = 1 + foreign_started_.load(std::memory_order_relaxed);
  for (const Machine* machine = machines_.load(std::memory_order_acquire);
       machine; machine = machine->next) {
    alive += machine->started.load(std::memory_order_relaxed) -
             machine->ended.load(std::memory_order_relaxed);
  }
  return static_cast<std::size_t>(std::max<std::int64_t>(alive, 0));
}

std::vector<Goroutine*> Scheduler::goroutines() {
  if (fork_unfinished.load(std::memory_order_relaxed)) finish_fork();
  std::vector<Goroutine*> all;
  if (main_.status.load() != Status::kDead) all.push_back(&main_);
  stacks_.for_each([&](Goroutine* goroutine) {
    const Status status = goroutine->status.load();
    // One of a forked child's parent that is woken has no id.
    if (status != Status::kDead && status != Status::kFresh &&
        goroutine->id != 0) {
      all.push_back(goroutine);
    }
  });
  {
    ScopedLock hold(lock_);
    for (Goroutine* foreign = foreign_; foreign; foreign = foreign->next) {
      all.push_back(foreign);
    }
  }
  std::sort(all.begin(), all.end(), [](const Goroutine* a, const Goroutine* b) {
    return a->id < b->id;
  });
  return all;
}

void park(Goroutine* self) {
  if (self->foreign) [[unlikely]] {
    park_foreign(self);
  } else {
    scheduler().park();
  }
}

void begin_wait(Goroutine* self, WaitReason reason, const void* object) {
  self->wait_reason.store(reason, std::memory_order_relaxed);
  self->waits_on.store(object, std::memory_order_relaxed);
  self->waiting_since_ns.store(coarse_now_ns(), std::memory_order_relaxed);
  self->status.store(Status::kWaiting, std::memory_order_relaxed);
  if (trace::on()) [[unlikely]]
    trace::wait(self);
}

void ready(Goroutine* goroutine) {
  if (goroutine->foreign) [[unlikely]] {
    ready_foreign(goroutine);
  } else {
    scheduler().ready(goroutine);
  }
}

Goroutine* this_goroutine() {
  Machine* machine = this_machine();
  if (machine) [[likely]]
    return machine->current;
  return foreign_goroutine();
}

std::int64_t real_now_ns() { return read_clock(CLOCK_MONOTONIC); }

std::int64_t now_ns() {
  if (chooser()) [[unlikely]]
    return chooser()->now_ns();
  return real_now_ns();
}

std::int64_t coarse_now_ns() {
  if (chooser()) [[unlikely]]
    return chooser()->now_ns();
  return read_clock(CLOCK_MONOTONIC_COARSE);
}

}  // namespace csp::internal
