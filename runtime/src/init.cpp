#include "runtime/src/init.h"

#include <sys/single_threaded.h>

#include <cstdlib>
#include <new>
#include <string_view>

#include "runtime/hooks.h"
#include "runtime/src/chooser.h"
#include "runtime/src/debug_layout.h"
#include "runtime/src/fatal.h"
#include "runtime/src/fork.h"
#include "runtime/src/monitor.h"
#include "runtime/src/options.h"
#include "runtime/src/poller.h"
#include "runtime/src/random.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/signals.h"
#include "runtime/src/trace.h"

namespace csp::internal {

// Never destroyed: goroutines and foreign threads may outlive every
// destructor.
alignas(Scheduler) std::byte scheduler_memory[sizeof(Scheduler)];

namespace {

// Before constructors of the default priority, which may start goroutines.
__attribute__((constructor(101))) void start_early() { start_runtime(); }

}  // namespace

Scheduler& scheduler() {
  return *std::launder(reinterpret_cast<Scheduler*>(scheduler_memory));
}

void start_runtime() {
  static bool started = false;
  if (started) return;
  started = true;
  keep_debug_layout();
  read_options();
  // libstdc++ counts references without atomics while there is one OS thread.
  // That is right, but no listener can see that it is.
  if (seam::hooks) __libc_single_threaded = 0;
  if (!seam::hooks && std::string_view(seam::option("diagnose")) == "1") {
    seam::begin_to_remember();
  }
  start_chooser();
  ::new (scheduler_memory) Scheduler;
  scheduler().stacks().set_stack_bytes(stack_bytes_option());
  trace::start();
  scheduler().start();
  if (trace::on()) trace::run(scheduler().main_goroutine());
  install_terminate_handler();
  install_signal_handlers();
  install_fork_handlers();
  constexpr double kNanosecondsPerSecond = 1e9;
  const double hang_after = std::atof(seam::option("hang_after"));
  if (hang_after > 0) {
    monitor().watch_for_hang(
        static_cast<std::int64_t>(hang_after * kNanosecondsPerSecond));
  }
}

std::uint64_t& random_state() {
  thread_local std::uint64_t state = static_cast<std::uint64_t>(now_ns()) ^
                                     reinterpret_cast<std::uintptr_t>(&state);
  return state;
}

}  // namespace csp::internal
