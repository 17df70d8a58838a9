// What machines do on their own stacks: look for work, and run it.
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "csp/internal/fast_path.h"
#include "runtime/src/check.h"
#include "runtime/src/chooser.h"
#include "runtime/src/fatal.h"
#include "runtime/src/foreign.h"
#include "runtime/src/fork.h"
#include "runtime/src/futex.h"
#include "runtime/src/listener.h"
#include "runtime/src/memory_map.h"
#include "runtime/src/monitor.h"
#include "runtime/src/options.h"
#include "runtime/src/poller.h"
#include "runtime/src/random.h"
#include "runtime/src/sanitizer.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/signals.h"
#include "runtime/src/timer_heap.h"
#include "runtime/src/traceback.h"

extern "C" void* __cxa_get_globals();

namespace csp::internal {

namespace {

Processor* new_processor(int id) {
  auto* processor = new Processor(id);
  // The only one comes to its machine's loop at each decision.
  processor->attention.store(chooser() != nullptr);
  return processor;
}

void bind_to_thread(Machine& machine) {
  csp_machine = &machine;
  machine.thread.store(gettid(), std::memory_order_relaxed);
  machine.random_state =
      random_state() ^ reinterpret_cast<std::uintptr_t>(&machine);
  machine.exceptions =
      static_cast<ExceptionGlobals*>(static_cast<void*>(__cxa_get_globals()));
  install_signal_stack(machine);
}

void read_stack_bounds(Goroutine& goroutine) {
  const Range stack = stack_of_thread();
  goroutine.stack_low = reinterpret_cast<std::byte*>(stack.low);
  goroutine.stack_high = reinterpret_cast<std::byte*>(stack.high);
}

}  // namespace

void Scheduler::start() {
  processor_count_.store(chooser() ? 1 : default_processors(),
                         std::memory_order_relaxed);
  for (int id = 0; id < processor_count_.load(); ++id) {
    processors_[static_cast<std::size_t>(id)].store(new_processor(id));
  }
  main_.id = 1;
  main_.status.store(Status::kRunning);
  main_.context.on_cpu.store(1);
  main_.tsan_fiber = sanitizer::tsan_this_fiber();
  read_stack_bounds(main_);
  first_machine_.current = &main_;
  // The first machine's own stack; the OS thread's is main's.
  Goroutine* own = stacks_.take();
  CSP_CHECK(own);
  Goroutine& loop_context = first_machine_.scheduler;
  loop_context.stack_low = own->stack_low;
  loop_context.stack_high = own->stack_high;
  first_machine_.loop_high = own->stack_high;
  loop_context.run = [](void* machine) {
    scheduler().loop(*static_cast<Machine*>(machine));
  };
  loop_context.task = &first_machine_;
  prepare_context(loop_context, own->stack_high);
  machines_.store(&first_machine_);
  bind_to_thread(first_machine_);
  csp_goroutine = 1;
  ScopedLock hold(lock_);
  acquire_processor(first_machine_, processors_[0].load());
  first_machine_.leave();
  for (int id = processor_count_.load() - 1; id > 0; --id) {
    Processor* processor = processors_[static_cast<std::size_t>(id)].load();
    processor->next_idle = idle_processors_;
    idle_processors_ = processor;
    idle_count_.fetch_add(1);
  }
}

void Scheduler::acquire_processor(Machine& machine, Processor* processor) {
  processor->held.store(true, std::memory_order_relaxed);
  processor->holder.store(&machine, std::memory_order_release);
  machine.holds.store(processor, std::memory_order_relaxed);
}

Processor* Scheduler::release_processor(Machine& machine) {
  Processor* processor = machine.processor();
  machine.holds.store(nullptr, std::memory_order_relaxed);
  put_back(*processor);
  return processor;
}

// Nobody holds it any more.
void Scheduler::put_back(Processor& processor) {
  processor.held.store(false, std::memory_order_relaxed);
  if (processor.id < processor_count_.load(std::memory_order_relaxed)) {
    processor.next_idle = idle_processors_;
    idle_processors_ = &processor;
    idle_count_.fetch_add(1, std::memory_order_seq_cst);
    return;
  }
  // Retired by set_processors(): what it has goes to where others look.
  if (Goroutine* next = processor.run_next.exchange(nullptr)) {
    global_.push_back(next);
  }
  while (Goroutine* goroutine = processor.queue.pop()) {
    global_.push_back(goroutine);
  }
  global_size_.store(static_cast<std::uint32_t>(global_.size()),
                     std::memory_order_seq_cst);
}

Processor* Scheduler::pop_idle_processor() {
  Processor* processor = idle_processors_;
  if (!processor) return nullptr;
  idle_processors_ = processor->next_idle;
  idle_count_.fetch_sub(1, std::memory_order_seq_cst);
  return processor;
}

int Scheduler::set_processors(int count) {
  const int before = processor_count_.load();
  // A seed fixes a run with one processor only.
  if (count < 1 || count == before || chooser()) return before;
  count = std::min(count, kProcessorsMax);
  {
    ScopedLock hold(lock_);
    processor_count_.store(count);
    // The idle list anew: without the retired ones, with the new ones.
    while (pop_idle_processor()) {
    }
    for (int id = std::max(count, before) - 1; id >= 0; --id) {
      auto& entry = processors_[static_cast<std::size_t>(id)];
      Processor* processor = entry.load();
      if (!processor) {
        processor = new_processor(id);
        entry.store(processor);
      }
      processor->attention.store(id >= count);
      if (processor->held.load() || id >= count) continue;
      processor->next_idle = idle_processors_;
      idle_processors_ = processor;
      idle_count_.fetch_add(1);
    }
  }
  wake_one();
  // One whose own processor was retired moves to another now.
  const Machine* machine = this_machine();
  const Processor* own = machine ? machine->processor() : nullptr;
  if (own && own->id >= count) yield();
  return before;
}

void* Scheduler::machine_thread(void* argument) {
  auto& machine = *static_cast<Machine*>(argument);
  pthread_setname_np(pthread_self(), "csp");
  machine.scheduler.tsan_fiber = sanitizer::tsan_this_fiber();
  read_stack_bounds(machine.scheduler);
  machine.loop_high =
      reinterpret_cast<const std::byte*>(first_frame_of_thread());
  machine.scheduler.context.on_cpu.store(1);
  bind_to_thread(machine);
  scheduler().loop(machine);
  return nullptr;
}

void Scheduler::loop(Machine& machine) {
  for (;;) {
    Goroutine* next = std::exchange(machine.handed, nullptr);
    if (!next) next = find_runnable(machine);
    // Its last machine is about to leave its stack.
    unsigned round = 0;
    while (next->context.on_cpu.load(std::memory_order_acquire) != 0) {
      spin_wait(round);
    }
    // The monitor tells by it that something else runs now.
    machine.processor()->tick.fetch_add(1, std::memory_order_relaxed);
    switch_to(machine, machine.scheduler, *next);
  }
}

Goroutine* Scheduler::take_global(Processor& processor, std::uint32_t max) {
  Goroutine* first = global_.pop_front();
  const auto count = static_cast<std::uint32_t>(processor_count_.load());
  std::uint32_t more =
      std::min(max, static_cast<std::uint32_t>(global_.size()) / count + 1);
  while (more-- > 1) {
    Goroutine* goroutine = global_.pop_front();
    if (!goroutine) break;
    if (!processor.queue.push(goroutine)) {
      global_.push_back(goroutine);
      break;
    }
  }
  global_size_.store(static_cast<std::uint32_t>(global_.size()),
                     std::memory_order_seq_cst);
  return first;
}

// Returns with a processor and something to run on it.
Goroutine* Scheduler::find_runnable(Machine& machine) {
  for (;;) {
    if (stopping()) stop_forever(machine);
    if (fork_unfinished.load(std::memory_order_relaxed)) finish_fork();
    if (paused_.load(std::memory_order_acquire) != 0) {
      wait_while_paused(machine);
      continue;
    }
    if (machine.processor() && chooser()) [[unlikely]] {
      if (Goroutine* next = choose_next(machine)) {
        stop_spinning(machine);
        return next;
      }
      become_idle(machine);
      continue;
    }
    if (!machine.processor() ||
        machine.processor()->attention.load(std::memory_order_relaxed)) {
      become_idle(machine);
      continue;
    }
    Processor& processor = *machine.processor();
    if (timers().has_any() && timers().next_deadline() <= now_ns()) {
      timers().fire_expired();
    }
    Goroutine* next = nullptr;
    if (processor.run_next.load(std::memory_order_relaxed)) {
      next = processor.run_next.exchange(nullptr, std::memory_order_acq_rel);
    }
    if (!next) next = processor.queue.pop();
    if (!next && global_size_.load(std::memory_order_seq_cst) > 0) {
      ScopedLock hold(lock_);
      next = take_global(processor, RunQueue::kSlots / 2);
    }
    if (!next && poller().has_waiters() &&
        poller().poll(Caller::kRunsOne) > 0) {
      continue;
    }
    if (!next) next = steal(machine);
    if (next) {
      stop_spinning(machine);
      return next;
    }
    become_idle(machine);
  }
}

// At most half of the busy processors' number of machines look for work.
bool Scheduler::start_spinning(Machine& machine) {
  if (machine.spinning) return true;
  const int busy = processor_count_.load(std::memory_order_relaxed) -
                   idle_count_.load(std::memory_order_relaxed);
  if (2 * spinning_.load(std::memory_order_relaxed) >= busy) return false;
  spinning_.fetch_add(1, std::memory_order_seq_cst);
  machine.spinning = true;
  return true;
}

// Having found work, the last one that looked wakes the next one, since there
// may be more.
void Scheduler::stop_spinning(Machine& machine) {
  if (!machine.spinning) return;
  machine.spinning = false;
  if (spinning_.fetch_sub(1, std::memory_order_seq_cst) != 1) return;
  const Processor& processor = *machine.processor();
  // Pairs with who submitted, and left it to us since somebody was looking.
  if (!processor.queue.empty() ||
      global_size_.load(std::memory_order_seq_cst) > 0) {
    wake_one();
  }
}

Goroutine* Scheduler::steal(Machine& machine) {
  constexpr int kRounds = 4;
  const int count = processor_count_.load(std::memory_order_relaxed);
  if (count == 1 || !start_spinning(machine)) return nullptr;
  Processor& mine = *machine.processor();
  std::array<Goroutine*, RunQueue::kSlots / 2> stolen;
  for (int round = 0; round < kRounds; ++round) {
    const auto offset = static_cast<int>(
        random_below(machine.random_state, static_cast<std::uint32_t>(count)));
    for (int i = 0; i < count; ++i) {
      Processor* victim =
          processors_[static_cast<std::size_t>((offset + i) % count)].load(
              std::memory_order_acquire);
      if (!victim || victim == &mine) continue;
      const auto taken = victim->queue.steal(
          stolen.data(), static_cast<std::uint32_t>(stolen.size()));
      if (taken > 0) {
        for (std::uint32_t k = 1; k < taken; ++k) {
          CSP_CHECK(mine.queue.push(stolen[k]));
        }
        return stolen[0];
      }
      // What a processor will run next is its own, unless it does not get
      // to it.
      if (!victim->held.load(std::memory_order_relaxed) ||
          victim->run_next_stale.load(std::memory_order_relaxed)) {
        victim->run_next_stale.store(false, std::memory_order_relaxed);
        if (Goroutine* next =
                victim->run_next.exchange(nullptr, std::memory_order_acq_rel)) {
          return next;
        }
      }
    }
    for (int pause = 0; pause < 20; ++pause) __builtin_ia32_pause();
  }
  return nullptr;
}

bool Scheduler::queues_have_work() {
  if (chooser() && chooser()->has_runnable()) return true;
  if (global_size_.load(std::memory_order_seq_cst) > 0) return true;
  const int count = processor_count_.load(std::memory_order_relaxed);
  for (int id = 0; id < count; ++id) {
    Processor* processor = processors_[static_cast<std::size_t>(id)].load();
    if (!processor) continue;
    if (!processor->queue.empty()) return true;
    if (processor->run_next.load() && !processor->held.load()) return true;
  }
  return false;
}

}  // namespace csp::internal
