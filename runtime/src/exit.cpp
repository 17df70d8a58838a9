// A program wraps nothing, so main and exit() are wrapped here: the start-up
// code finds our __libc_start_main, and calls of exit() our exit.
//
// When the program ends, no goroutine is resumed any more. If every other one
// has stopped, destructors and atexit handlers run as usual. If one is still
// computing, or sits in a blocking call, they must not run under it: output
// is flushed and the process ends at once.
#include "runtime/src/exit.h"

#include <dlfcn.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "runtime/src/asan_memory.h"
#include "runtime/src/check.h"
#include "runtime/src/fatal.h"
#include "runtime/src/init.h"
#include "runtime/src/leak.h"
#include "runtime/src/listener.h"
#include "runtime/src/sanitizer.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/trace.h"

namespace csp::internal {

namespace {

using MainFunction = int (*)(int, char**, char**);
using ExitFunction = void (*)(int);

MainFunction user_main = nullptr;
std::atomic<int> exit_status{0};
std::atomic<bool> exiting{false};

template <class F>
F next_symbol(const char* name) {
  auto* symbol = reinterpret_cast<F>(dlsym(RTLD_NEXT, name));
  CSP_CHECK(symbol);
  return symbol;
}

// LeakSanitizer looks for pointers on the stacks of OS threads only.
void show_stacks_to_leak_sanitizer() {
  if (!__lsan_register_root_region) return;
  for (const Goroutine* goroutine : scheduler().goroutines()) {
    if (goroutine->foreign || goroutine->context.on_cpu.load()) continue;
    const auto* from = static_cast<const std::byte*>(goroutine->context.sp);
    if (!from || goroutine->stack_high <= from) continue;
    __lsan_register_root_region(
        from, static_cast<std::size_t>(goroutine->stack_high - from) +
                  sizeof(Goroutine));
    AsanMemory::for_each_moved_frame(
        goroutine->asan_fake_stack,
        {reinterpret_cast<std::uintptr_t>(from),
         reinterpret_cast<std::uintptr_t>(goroutine->stack_high)},
        [](const Range& frame) {
          __lsan_register_root_region(reinterpret_cast<void*>(frame.low),
                                      frame.high - frame.low);
        });
  }
}

// A goroutine that main does not wait for may not have begun yet. Where races
// are looked for, it is given the time that Go's detector gives it.
void let_others_run() {
  constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;
  const Machine* machine = this_machine();
  if (!machine || !machine->current) return;
  const std::int64_t until =
      now_ns() +
      std::atoll(seam::option("atexit_sleep_ms")) * kNanosecondsPerMillisecond;
  do {
    scheduler().yield();
  } while (scheduler().others_can_run() && now_ns() < until);
}

// What nobody asked for is a warning, and leaves the status as it is.
int status_after_leaks(int status, const void* frames) {
  const bool asked = leaks_wanted() || leaks_reported() || instrumented();
  if (leaks_wanted()) {
    report_leaks_at_exit(frames);
  } else if (leaks_unsaid()) {
    warn_of_lost_locks_at_exit(frames);
  }
  const int after = listening() ? seam::hooks->exiting(status)
                                : seam::status_after_reports(status);
  return asked ? after : status;
}

// Returns the status to end with, if destructors may run. `frames` is the frame
// of whoever ends the program: what lies below is gone with main.
int finish(int status, const void* frames) {
  if (exiting.exchange(true)) return status;  // from an atexit handler
  exit_status.store(status);
  if (instrumented() || leaks_wanted()) let_others_run();
  const bool stopped = scheduler().stop_the_world();
  if (trace::on()) trace::finish();
  status = status_after_leaks(status, frames);
  exit_status.store(status);
  if (!stopped) end_process_now();
  show_stacks_to_leak_sanitizer();
  return status;
}

// Has the kernel extend the stack now: when address space has run out, it
// refuses, and the program could not even end.
__attribute__((noinline)) void reserve_stack(std::size_t bytes) {
  auto* lowest = static_cast<volatile char*>(__builtin_alloca(bytes));
  asm volatile("" : : "r"(lowest) : "memory");  // all of it may be used
  *lowest = 0;
}

// main may have been written with fewer parameters, which UBSan takes amiss.
#if defined(__clang__)
__attribute__((no_sanitize("function")))
#endif
int main_of_goroutine_1(int argc, char** argv, char** environment) {
  // What the C library keeps above, arguments and environment, everybody may
  // point to; goroutine 1's own stack begins here.
  scheduler().main_goroutine()->stack_high =
      static_cast<std::byte*>(__builtin_frame_address(0));
  // Goroutines that main did not wait for may go on to use its variables, which
  // is their error: it shall not be ours. What ends the program lies below.
  std::size_t bytes = std::size_t{256} << 10;
  reserve_stack(2 * bytes);
  const int status = user_main(argc, argv, environment);
  asm("" : "+r"(bytes));  // a known size would be taken before main is called
  void* variables_of_main = __builtin_alloca(bytes);
  asm volatile("" : : "r"(variables_of_main) : "memory");
  return finish(status, __builtin_frame_address(0));
}

}  // namespace

void flush_output() {
  // A goroutine that was stopped may hold the lock of a stream.
  if (ftrylockfile(stdout) == 0) {
    fflush_unlocked(stdout);
    funlockfile(stdout);
  }
  // Without synchronisation to stdio it has a buffer of its own.
  std::cout.flush();
}

void end_process_now() {
  flush_output();
  _exit(exit_status.load());
}

}  // namespace csp::internal

extern "C" {

int __libc_start_main(int (*main)(int, char**, char**), int argc, char** argv,
                      void (*init)(), void (*fini)(), void (*rtld_fini)(),
                      void* stack_end) {
  using namespace csp::internal;
  using Start = int (*)(MainFunction, int, char**, void (*)(), void (*)(),
                        void (*)(), void*);
  user_main = main;
  return next_symbol<Start>("__libc_start_main")(
      &main_of_goroutine_1, argc, argv, init, fini, rtld_fini, stack_end);
}

void exit(int status) {
  using namespace csp::internal;
  next_symbol<ExitFunction>("exit")(finish(status, __builtin_frame_address(0)));
  __builtin_unreachable();
}

}  // extern "C"
