#include "runtime/src/debug_layout.h"

#include <cstddef>
#include <iterator>

#include "csp/internal/select_core.h"
#include "runtime/src/chan_core.h"
#include "runtime/src/goroutine.h"
#include "runtime/src/machine.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/stack_pool.h"
#include "runtime/src/wait_list.h"

// Members of our own classes, single inheritance at most: their offsets are
// constants in both compilers.
#pragma GCC diagnostic ignored "-Winvalid-offsetof"

namespace csp::internal {

struct DebugLayoutAccess {
  using Slab = StackPool::Slab;
  static constexpr DebugField kFields[] = {
      {"case.channel", offsetof(CaseRecord, core)},
      {"case.kind", offsetof(CaseRecord, kind)},
      {"case.send", static_cast<std::int64_t>(CaseKind::kSend)},
      {"case.size", sizeof(CaseRecord)},
      {"chan.capacity", offsetof(ChanCore, capacity_)},
      {"chan.closed", offsetof(ChanCore, closed_)},
      {"chan.count", offsetof(ChanCore, count_)},
      {"chan.made_at", offsetof(ChanCore, site_)},
      {"chan.receiver", offsetof(ChanCore, receiver_)},
      {"chan.references", offsetof(ChanCore, references_)},
      {"chan.sender", offsetof(ChanCore, sender_)},
      {"chan.size", sizeof(ChanCore)},
      {"chan.timer", offsetof(ChanCore, timer_)},
      {"condition.size", sizeof(condition_variable)},
      {"condition.unheard", offsetof(condition_variable, unheard_)},
      {"goroutine.case_count", offsetof(Goroutine, case_count)},
      {"goroutine.cases", offsetof(Goroutine, cases)},
      {"goroutine.created_at", offsetof(Goroutine, created_at)},
      {"goroutine.creator", offsetof(Goroutine, creator)},
      {"goroutine.foreign", offsetof(Goroutine, foreign)},
      {"goroutine.id", offsetof(Goroutine, id)},
      {"goroutine.name", offsetof(Goroutine, name)},
      {"goroutine.next", offsetof(Goroutine, next)},
      {"goroutine.on_cpu",
       offsetof(Goroutine, context) + offsetof(Context, on_cpu)},
      {"goroutine.sp", offsetof(Goroutine, context) + offsetof(Context, sp)},
      {"goroutine.stack_high", offsetof(Goroutine, stack_high)},
      {"goroutine.stack_low", offsetof(Goroutine, stack_low)},
      {"goroutine.status", offsetof(Goroutine, status)},
      {"goroutine.wait_reason", offsetof(Goroutine, wait_reason)},
      {"goroutine.waiting_since_ns", offsetof(Goroutine, waiting_since_ns)},
      {"goroutine.waits_on", offsetof(Goroutine, waits_on)},
      {"machine.current", offsetof(Machine, current)},
      {"machine.next", offsetof(Machine, next)},
      {"mutex.size", sizeof(mutex)},
      {"mutex.state", offsetof(mutex, state_)},
      {"mutex.taken", offsetof(mutex, taken_)},
      {"once.size", sizeof(once)},
      {"once.taken", offsetof(once, taken_)},
      // How csp_switch leaves a stack: context_x86_64.S.
      {"saved.r12", 32},
      {"saved.r13", 24},
      {"saved.r14", 16},
      {"saved.r15", 8},
      {"saved.rbp", 48},
      {"saved.rbx", 40},
      {"saved.rip", 56},
      {"saved.size", 64},
      {"scheduler.foreign", offsetof(Scheduler, foreign_)},
      {"scheduler.machines", offsetof(Scheduler, machines_)},
      {"scheduler.main", offsetof(Scheduler, main_)},
      {"scheduler.size", sizeof(Scheduler)},
      {"scheduler.slabs",
       offsetof(Scheduler, stacks_) + offsetof(StackPool, slabs_)},
      {"semaphore.available", offsetof(semaphore, available_)},
      {"semaphore.size", sizeof(semaphore)},
      {"shared_mutex.readers", offsetof(shared_mutex, readers_)},
      {"shared_mutex.readers_kept", shared_mutex::kReadersKept},
      {"shared_mutex.size", sizeof(shared_mutex)},
      {"shared_mutex.taken", offsetof(shared_mutex, taken_)},
      {"shared_mutex.taken_shared", offsetof(shared_mutex, taken_shared_)},
      {"shared_mutex.writer", offsetof(shared_mutex, writer_)},
      {"slab.base", offsetof(Slab, base)},
      {"slab.slot_bytes", offsetof(Slab, slot_bytes)},
      {"slab.used", offsetof(Slab, used)},
      {"stack.header_bytes", StackPool::kHeaderBytes},
      {"status.dead", static_cast<std::int64_t>(Status::kDead)},
      {"status.fresh", static_cast<std::int64_t>(Status::kFresh)},
      {"status.waiting", static_cast<std::int64_t>(Status::kWaiting)},
#ifdef __GLIBCXX__
      // Of std::string; another library's is not described.
      {"string.data", 0},
      {"string.size", 8},
#endif
      {"taken.goroutine", offsetof(Taken, goroutine)},
      {"taken.site", offsetof(Taken, site)},
      {"taken.size", sizeof(Taken)},
      {"wait_group.counter", offsetof(wait_group, state_) + 4},
      {"wait_group.size", sizeof(wait_group)},
  };
};

namespace {

// In the order of the enums, each text with its own 0.
constexpr char kWaitReasons[] =
    "waiting\0chan send\0chan receive\0chan send (nil chan)\0"
    "chan receive (nil chan)\0select\0select (no cases)\0sync.Mutex.Lock\0"
    "sync.RWMutex.RLock\0sync.RWMutex.Lock\0sync.WaitGroup.Wait\0"
    "sync.Cond.Wait\0sync.Once\0semacquire\0sleep\0IO wait\0";
constexpr char kStatuses[] =
    "dead\0fresh\0runnable\0running\0waiting\0syscall\0";
static_assert(static_cast<int>(WaitReason::kIoWait) == 15);
static_assert(static_cast<int>(Status::kBlocking) == 5);

}  // namespace

}  // namespace csp::internal

extern "C" {

const csp::internal::DebugLayout csp_debug_layout = {
    "csp-layout",
    csp::internal::kDebugLayoutVersion,
    std::size(csp::internal::DebugLayoutAccess::kFields),
    csp::internal::DebugLayoutAccess::kFields,
    csp::internal::scheduler_memory,
    csp::internal::kWaitReasons,
    csp::internal::kStatuses,
};

}  // extern "C"
