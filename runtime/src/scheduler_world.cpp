// Stopping the world: for good when the program ends, for a while to look at
// it.
//
// A goroutine cannot be interrupted. Its processor's `attention` makes its
// machine come to its own loop at the next scheduling decision; one that
// computes on is waited for a few milliseconds and then left alone.
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/src/chooser.h"
#include "runtime/src/fatal.h"
#include "runtime/src/futex.h"
#include "runtime/src/scheduler.h"

namespace csp::internal {

bool Scheduler::others_can_run() {
  if (queues_have_work()) return true;
  ScopedLock hold(lock_);
  return active_machines_ > 1;
}

bool Scheduler::stop_the_world() {
  Machine* none = nullptr;
  Machine* self = this_machine();
  if (self && !stopper_.compare_exchange_strong(none, self) && none != self) {
    stop_forever(*self);  // somebody else ends the program
  }
  count_as_active();
  stopping_.store(true, std::memory_order_seq_cst);
  call_attention(true);
  stacks_.wait_for_unmapping();
  return others_stop();
}

// Makes every processor come to its machine's loop at its next decision.
void Scheduler::call_attention(bool on) {
  const int count = processor_count_.load(std::memory_order_relaxed);
  for (auto& entry : processors_) {
    Processor* processor = entry.load();
    if (!processor) break;
    processor->attention.store(on || processor->id >= count || chooser());
  }
}

// Whether every machine but the caller's has stopped, after some patience.
bool Scheduler::others_stop() {
  constexpr int kTries = 100;
  const Machine* self = this_machine();
  for (int i = 0; i < kTries; ++i) {
    bool running = false;
    {
      ScopedLock hold(lock_);
      running = blocking_machines_ > 0;
    }
    for (auto& entry : processors_) {
      const Processor* processor = entry.load();
      if (!processor) break;
      const bool own = self && self->processor() == processor;
      if (processor->runs() && !own) running = true;
    }
    if (!running) return true;
    usleep(50);
  }
  return false;
}

void Scheduler::pause_world() {
  // One at a time; the second waits like everybody else.
  std::uint32_t no = 0;
  while (!paused_.compare_exchange_strong(no, 1)) {
    no = 0;
    yield();
  }
  call_attention(true);
  stacks_.wait_for_unmapping();
  others_stop();
}

void Scheduler::resume_world() {
  call_attention(false);
  paused_.store(0, std::memory_order_release);
  syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&paused_),
          FUTEX_WAKE_PRIVATE, INT32_MAX, nullptr, nullptr, 0);
}

void Scheduler::wait_while_paused(Machine& machine) {
  Processor* own = machine.processor();
  if (own) own->stopped.store(true);
  const Rest rest(machine);
  while (paused_.load(std::memory_order_acquire) != 0) {
    futex_wait(paused_, 1, kForever);
  }
  if (own) own->stopped.store(false);
}

void Scheduler::stop_forever(Machine& machine) {
  if (stopper_.load() == &machine) {
    // The goroutine that ends the program waits, for something that can no
    // longer happen, in a destructor or an atexit handler.
    end_process_now();
  }
  if (Processor* own = machine.processor()) own->stopped.store(true);
  const Rest rest(machine);
  for (;;) pause();
}

}  // namespace csp::internal
