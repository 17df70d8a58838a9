// The birth and death of goroutines.
#include <unwind.h>

#include <cstdlib>
#include <new>

#include "csp/internal/task.h"
#include "csp/runtime.h"
#include "runtime/src/check.h"
#include "runtime/src/chooser.h"
#include "runtime/src/listener.h"
#include "runtime/src/sanitizer.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/trace.h"

namespace csp::internal {

namespace {

constexpr std::size_t kTaskAlign = 64;

std::byte* task_storage(Goroutine* goroutine, std::size_t size) {
  return goroutine->stack_high -
         (size + kTaskAlign - 1) / kTaskAlign * kTaskAlign;
}

Goroutine* goroutine_of(NewGoroutine fresh) {
  return static_cast<Goroutine*>(fresh.goroutine);
}

Crowd start(NewGoroutine fresh, void (*run)(void*), void* site,
            const void* timer) {
  Goroutine* goroutine = goroutine_of(fresh);
  goroutine->run = run;
  goroutine->task = fresh.storage;
  goroutine->created_at = site;
  goroutine->id = scheduler().next_id();
  goroutine->creator = 0;
  goroutine->listener_state = nullptr;
  goroutine->exceptions = {};
  const Goroutine* creator = timer ? nullptr : this_goroutine();
  if (creator) goroutine->creator = creator->id;
  prepare_context(*goroutine, static_cast<std::byte*>(fresh.storage));
  if (listening()) [[unlikely]] {
    seam::Event event{seam::EventKind::kGoCreate};
    event.goroutine = creator ? creator->id : 0;
    event.other = goroutine->id;
    event.pc = reinterpret_cast<std::uintptr_t>(site);
    tell(event);
    if (timer) tell(seam::EventKind::kAcquire, goroutine, timer);
  }
  if (trace::on()) [[unlikely]]
    trace::go(goroutine);
  return scheduler().spawn(goroutine);
}

// Called for each frame of a goroutine that ends by goexit(), and at the end
// of its stack. C++ frames run their cleanups.
_Unwind_Reason_Code on_goexit_frame(int, _Unwind_Action actions,
                                    _Unwind_Exception_Class, _Unwind_Exception*,
                                    _Unwind_Context*, void* exception) {
  if (actions & _UA_END_OF_STACK) {
    std::free(exception);
    scheduler().exit_goroutine();
  }
  return _URC_NO_REASON;
}

void begin_goexit();

// A catch (...) that ends without rethrowing deletes what it caught: us. The
// goroutine goes on ending from there.
void on_goexit_caught(_Unwind_Reason_Code, _Unwind_Exception* exception) {
  std::free(exception);
  begin_goexit();
}

void begin_goexit() {
  auto* exception = static_cast<_Unwind_Exception*>(
      std::calloc(1, sizeof(_Unwind_Exception)));
  CSP_CHECK(exception);
  exception->exception_cleanup = &on_goexit_caught;
  _Unwind_ForcedUnwind(exception, &on_goexit_frame, exception);
  CSP_CHECK(!"goexit() came back");
}

}  // namespace

// The saved registers of csp_switch(), as if the goroutine had been suspended
// at its very start.
void prepare_context(Goroutine& goroutine, std::byte* top) {
  struct Saved {
    std::uint32_t mxcsr;
    std::uint32_t x87;
    void* r15;
    void* r14;
    void* r13;
    void* r12;
    void* rbx;
    void* rbp;
    void (*rip)();
  };
  static_assert(sizeof(Saved) == 64);
  auto* saved = ::new (top - sizeof(Saved)) Saved{};
  // The floating-point modes are inherited, as new threads do.
  __asm__ volatile("stmxcsr %0" : "=m"(saved->mxcsr));
  __asm__ volatile("fnstcw %0" : "=m"(saved->x87));
  saved->r12 = &goroutine;
  saved->rip = &csp_entry;
  goroutine.context.sp = saved;
  sanitizer::tsan_prepare(goroutine.tsan_fiber);
}

NewGoroutine new_goroutine(std::size_t task_size, std::size_t stack_bytes) {
  Goroutine* goroutine = scheduler().allocate(stack_bytes);
  if (!goroutine) throw std::bad_alloc();
  if (listening()) [[unlikely]] {
    // Before the task is stored there: that is the first use of its new life.
    seam::hooks->stack_recycled(
        reinterpret_cast<std::uintptr_t>(goroutine->stack_low),
        reinterpret_cast<std::uintptr_t>(goroutine->stack_high));
  }
  return {goroutine, task_storage(goroutine, task_size)};
}

void discard_goroutine(NewGoroutine fresh) noexcept {
  scheduler().release(goroutine_of(fresh));
}

void start_goroutine(NewGoroutine fresh, void (*run)(void*), void* site) {
  const Crowd crowd = start(fresh, run, site, nullptr);
  preemption_point();
  // A loop that starts a million would otherwise touch a million stacks before
  // the first of them is used; this way few are, again and again.
  if (crowd == Crowd::kTooMany && !chooser()) [[unlikely]]
    scheduler().step_back();
}

void start_timer_goroutine(NewGoroutine fresh, void (*run)(void*), void* site,
                           const void* timer) {
  start(fresh, run, site, timer);
}

}  // namespace csp::internal

// Nothing here may have a destructor or a handler: an exception that leaves
// the task must find the end of the stack, so that std::terminate is called
// while the stack is still there.
extern "C" __attribute__((visibility("hidden"))) void csp_goroutine_main(
    csp::internal::Goroutine* goroutine) {
  using namespace csp::internal;
  if (sanitizer::address()) {
    __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
  }
  if (listening() && goroutine->id != 0) {
    tell(csp::seam::EventKind::kGoStart, goroutine);
  }
  goroutine->run(goroutine->task);
  scheduler().exit_goroutine();
}

namespace csp {

void goexit() {
  internal::begin_goexit();
  __builtin_unreachable();
}

}  // namespace csp
