#include "runtime/src/signals.h"

#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <cstddef>
#include <string_view>

#include "runtime/hooks.h"
#include "runtime/src/fatal.h"
#include "runtime/src/listener.h"
#include "runtime/src/monitor.h"
#include "runtime/src/scheduler.h"

namespace csp::internal {

namespace {

// Printing the report happens on it.
constexpr std::size_t kSignalStackBytes = 256 * 1024;

bool overflowed(const siginfo_t& info, const ucontext_t& context) {
  const Machine* machine = this_machine();
  if (!machine || !machine->current) return false;
  if (scheduler().stacks().in_guard(info.si_addr)) return true;
  // The main stack's guard belongs to the kernel.
  const Goroutine* self = machine->current;
  const auto* fault = static_cast<const std::byte*>(info.si_addr);
  const auto* sp =
      reinterpret_cast<const std::byte*>(context.uc_mcontext.gregs[REG_RSP]);
  constexpr std::ptrdiff_t kNear = 64 * 1024;
  const bool near_sp = fault - sp < kNear && sp - fault < kNear;
  return near_sp && fault < self->stack_low + kPageBytes;
}

void on_fault(int, siginfo_t* info, void* context) {
  if (overflowed(*info, *static_cast<const ucontext_t*>(context))) {
    fatal_overflow();
  }
  // Not ours: the same access faults again, with the default action.
  signal(SIGSEGV, SIG_DFL);
}

// The monitor prints, since this thread may hold any lock just now. Without a
// monitor there is one machine, which is asleep or computes.
void on_end(int signal) {
  if (!monitor().request_dump(signal)) fatal_signal(signal);
}

bool dumps_on_term() {
  const std::string_view wanted = seam::option("dump_on_term");
  return wanted == "1" || (wanted == "auto" && instrumented());
}

void handle(int signal, struct sigaction action) {
  struct sigaction old{};
  sigaction(signal, nullptr, &old);
  // AddressSanitizer, for one, has a handler of its own for SIGSEGV.
  if (old.sa_handler != SIG_DFL || (old.sa_flags & SA_SIGINFO)) return;
  sigaction(signal, &action, nullptr);
}

}  // namespace

void install_signal_handlers() {
  struct sigaction fault{};
  fault.sa_sigaction = &on_fault;
  fault.sa_flags = SA_SIGINFO | SA_ONSTACK;
  handle(SIGSEGV, fault);
  struct sigaction end{};
  end.sa_handler = &on_end;
  end.sa_flags = SA_ONSTACK | SA_RESTART;
  handle(SIGQUIT, end);
  if (dumps_on_term()) handle(SIGTERM, end);
}

void install_signal_stack(Machine& machine) {
  stack_t old{};
  if (sigaltstack(nullptr, &old) == 0 && !(old.ss_flags & SS_DISABLE)) return;
  void* memory = mmap(nullptr, kSignalStackBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return;
  machine.signal_stack = memory;
  stack_t stack{};
  stack.ss_sp = memory;
  stack.ss_size = kSignalStackBytes;
  sigaltstack(&stack, nullptr);
}

}  // namespace csp::internal
