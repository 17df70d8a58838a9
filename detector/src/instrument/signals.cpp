// Signal handlers of instrumented files. One that interrupts the detector
// would find it with its locks held and its data half changed: such a signal
// is kept, and its handler runs as soon as the detector is left. To the program
// the signal came a moment later.
//
// Instrumented files call sigaction and signal by these names
// (csp/internal/instrumented.h); what libraries and the runtime itself install
// is not looked at.
#include "detector/src/instrument/signals.h"

#include <pthread.h>
#include <signal.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>

#include "detector/src/instrument/live.h"

namespace chansan::live {

namespace {

// What the program installed for a signal. Read by handlers: it changes as a
// whole, by one store.
struct Installed {
  struct sigaction action;
};
constinit std::array<std::atomic<const Installed*>, NSIG> installed{};

// Those that came while this OS thread was inside, the oldest first; what finds
// no place is handled at once. Changed only with signals blocked.
struct Late {
  static constexpr std::size_t kMax = 8;
  std::array<siginfo_t, kMax> signals;
  std::size_t count;
};
constinit thread_local Late late __attribute__((tls_model("initial-exec"))){};

// The instruction that causes it would be executed again and again.
bool is_caused_by_an_instruction(int signal) {
  switch (signal) {
    case SIGSEGV:
    case SIGBUS:
    case SIGILL:
    case SIGFPE:
    case SIGTRAP:
    case SIGSYS:
    case SIGABRT:
      return true;
    default:
      return false;
  }
}

void call(int signal, siginfo_t* info, void* context) {
  const Installed* known = installed[static_cast<std::size_t>(signal)].load();
  if (known == nullptr) return;
  const struct sigaction& action = known->action;
  if ((action.sa_flags & SA_SIGINFO) != 0) {
    action.sa_sigaction(signal, info, context);
  } else {
    action.sa_handler(signal);
  }
}

// The kernel has blocked what the program asked for, but not all signals.
void on_signal(int signal, siginfo_t* info, void* context) {
  OsThread& thread = os_thread;
  if (thread.inside == 0 || is_caused_by_an_instruction(signal)) {
    call(signal, info, context);
    return;
  }
  const int error = errno;
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const bool is_kept = late.count < Late::kMax;
  if (is_kept) {
    late.signals[late.count++] = *info;
    thread.has_late_signals = true;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  if (!is_kept) call(signal, info, context);
}

bool is_handler(const struct sigaction& action) {
  return action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN;
}

}  // namespace

void run_late_handlers() {
  const int error = errno;
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  Late taken = late;
  late.count = 0;
  os_thread.has_late_signals = false;
  for (std::size_t i = 0; i < taken.count; ++i) {
    siginfo_t& info = taken.signals[i];
    const auto signal = static_cast<std::size_t>(info.si_signo);
    const Installed* known = installed[signal].load();
    if (known == nullptr) continue;
    // As the kernel would have it while the handler runs.
    sigset_t mask;
    sigorset(&mask, &before, &known->action.sa_mask);
    if ((known->action.sa_flags & SA_NODEFER) == 0) {
      sigaddset(&mask, info.si_signo);
    }
    pthread_sigmask(SIG_SETMASK, &mask, nullptr);
    ucontext_t nowhere{};
    call(info.si_signo, &info, &nowhere);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
}

}  // namespace chansan::live

extern "C" {

int __csp_sigaction(int signal, const struct sigaction* action,
                    struct sigaction* old) {
  using namespace chansan::live;
  if (signal <= 0 || signal >= NSIG) return sigaction(signal, action, old);
  std::atomic<const Installed*>& place =
      installed[static_cast<std::size_t>(signal)];
  const Installed* before = place.load();
  struct sigaction ours;
  const struct sigaction* taken = action;
  if (action != nullptr && is_handler(*action)) {
    // Never freed: a handler may be about to read it.
    {
      const Inside inside;
      place.store(new Installed{*action});
    }
    ours = *action;
    ours.sa_sigaction = &on_signal;
    ours.sa_flags |= SA_SIGINFO;
    taken = &ours;
  }
  struct sigaction kernels;
  const int result = sigaction(signal, taken, &kernels);
  if (result != 0) {
    place.store(before);
  } else if (old != nullptr) {
    const bool was_ours = (kernels.sa_flags & SA_SIGINFO) != 0 &&
                          kernels.sa_sigaction == &on_signal;
    *old = was_ours && before != nullptr ? before->action : kernels;
  }
  return result;
}

void (*__csp_signal(int signal, void (*handler)(int)))(int) {
  struct sigaction action{};
  struct sigaction old;
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaddset(&action.sa_mask, signal);
  if (__csp_sigaction(signal, &action, &old) != 0) return SIG_ERR;
  return old.sa_handler;
}

}  // extern "C"
