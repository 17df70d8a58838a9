// Stopping the world: for good when the program ends, for a while to look at
// it.
//
// A goroutine cannot be interrupted. Its processor's `attention` makes its
// machine come to its own loop at the next scheduling decision; one that
// computes on is waited for a few milliseconds and then left alone. On a busy
// system those are milliseconds of its own: it may not have a CPU at all.
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>
#include <utility>

#include "runtime/src/chooser.h"
#include "runtime/src/fatal.h"
#include "runtime/src/futex.h"
#include "runtime/src/scheduler.h"

namespace csp::internal {

namespace {

// Whether an OS thread would go on if it were given a CPU.
class Starved {
 public:
  /// To be asked again and again.
  bool is(const Processor& processor) {
    constexpr std::int64_t kEnoughNs = 2'000'000;
    const Machine* machine = processor.holder.load(std::memory_order_acquire);
    const int thread = machine->thread.load(std::memory_order_relaxed);
    // A new one comes to its loop as soon as it runs.
    if (thread == 0) return true;
    const std::int64_t cpu_ns = cpu_time_ns(thread);
    if (std::exchange(thread_, thread) != thread) begin_ns_ = cpu_ns;
    return cpu_ns - begin_ns_ < kEnoughNs && !thread_sleeps(thread);
  }

 private:
  static std::int64_t cpu_time_ns(int thread) {
    // Of one thread, scheduled time: as pthread_getcpuclockid() makes it.
    constexpr int kOfThread = 4;
    constexpr int kScheduled = 2;
    const auto clock = static_cast<clockid_t>(
        (~static_cast<unsigned>(thread) << 3) | kOfThread | kScheduled);
    timespec time{};
    clock_gettime(clock, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  }

  int thread_ = 0;
  std::int64_t begin_ns_ = 0;
};

}  // namespace

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
  constexpr std::int64_t kPatienceNs = 5'000'000;
  constexpr std::int64_t kLastNs = 1'000'000'000;
  const Machine* self = this_machine();
  const std::int64_t begin_ns = real_now_ns();
  Starved starved;
  for (;;) {
    bool blocking = false;
    {
      ScopedLock hold(lock_);
      blocking = blocking_machines_ > 0;
    }
    const Processor* running = nullptr;
    for (auto& entry : processors_) {
      const Processor* processor = entry.load();
      if (!processor) break;
      const bool own = self && self->processor() == processor;
      if (processor->runs() && !own) running = processor;
    }
    if (!running && !blocking) return true;
    const std::int64_t waited_ns = real_now_ns() - begin_ns;
    if (waited_ns > kLastNs) return false;
    if (waited_ns > kPatienceNs && (!running || !starved.is(*running))) {
      return false;
    }
    usleep(50);
  }
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
