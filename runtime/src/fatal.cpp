#include "runtime/src/fatal.h"

#include <cxxabi.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "csp/errors.h"
#include "runtime/hooks.h"
#include "runtime/src/check.h"
#include "runtime/src/exit.h"
#include "runtime/src/fork.h"
#include "runtime/src/leak.h"
#include "runtime/src/listener.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/symbolize.h"
#include "runtime/src/trace.h"
#include "runtime/src/traceback.h"
#include "runtime/src/world.h"

namespace csp::internal {

namespace {

using Kind = seam::Fatal::Kind;

std::terminate_handler previous_terminate = nullptr;

void write_stderr(const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t written =
        write(STDERR_FILENO, text.data() + done, text.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    done += static_cast<std::size_t>(written);
  }
}

/// Ends the process as the signal would have without a handler.
[[noreturn]] void end_by(int signal) {
  std::signal(signal, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  kill(getpid(), signal);
  for (;;) pause();
}

/// Says it and ends the process, of SIGTERM if that is why. `current` is the
/// caller, null if it is the scheduler.
[[noreturn]] void die(Kind kind, const std::string& first_line,
                      const Goroutine* current, int signal = 0) {
  static std::atomic<pid_t> dying{0};  // the OS thread that ends the process
  const pid_t self = gettid();
  pid_t first = 0;
  if (!dying.compare_exchange_strong(first, self)) {
    if (first == self) _exit(kFatalStatus);  // again, while printing
    for (;;) pause();  // somebody else is about to end it, and says why
  }
  scheduler().stop_the_world();
  if (trace::on()) trace::finish();
  flush_output();
  const seam::World world = take_world(
      current, kind == Kind::kDeadlock ? Detail::kObjects : Detail::kStacks);
  const seam::Fatal fatal{kind, first_line, world};
  // Go's main goroutine is gone after goexit; then there may be none at all.
  write_stderr(first_line + "\n\n" + to_text(world.goroutines));
  if (const std::string why = seam::explain(fatal); !why.empty()) {
    write_stderr("\n" + why);
  }
  // A program that was asked why it hangs: who of them can never run again? Not
  // from a signal's handler, which may have interrupted malloc.
  if (kind == Kind::kFatalError && !current && !this_machine()) {
    report_leaks_at_exit(__builtin_frame_address(0));
    seam::status_after_reports(kFatalStatus);
  }
  if (listening()) seam::hooks->fatal(fatal);
  if (signal == SIGTERM) end_by(signal);
  _exit(kFatalStatus);
}

/// What Go prints behind `panic: ` for the exception in flight.
std::string describe_exception() {
  try {
    throw;
  } catch (const std::exception& error) {
    return error.what();
  } catch (const std::string& text) {
    return text;
  } catch (const char* text) {
    return text ? text : "nullptr";
  } catch (int number) {
    return std::to_string(number);
  } catch (...) {
    const std::type_info* type = abi::__cxa_current_exception_type();
    return "(" + (type ? demangle(type->name()) : "unknown exception") + ")";
  }
}

// An exception found no handler: the stack is as it was at the throw.
[[noreturn]] void on_terminate() {
  const Machine* machine = this_machine();
  if (!machine || !machine->current || !std::current_exception()) {
    // A foreign thread's exception, or no exception at all.
    if (previous_terminate) previous_terminate();
    std::abort();
  }
  die(Kind::kPanic, "panic: " + describe_exception(), machine->current);
}

}  // namespace

void fatal_deadlock() {
  // As a process ends with its last OS thread.
  if (forked_child_has_ended()) end_process_now();
  const bool main_gone =
      scheduler().main_goroutine()->status.load() == Status::kDead;
  if (main_gone && scheduler().goroutines().empty()) {
    die(Kind::kDeadlock,
        "fatal error: no goroutines (main called runtime.Goexit) - deadlock!",
        nullptr);
  }
  die(Kind::kDeadlock, "fatal error: all goroutines are asleep - deadlock!",
      nullptr);
}

void fatal_error(std::string_view text) {
  die(Kind::kFatalError, "fatal error: " + std::string(text), this_goroutine());
}

void fatal_overflow() {
  // Unwinding a very deep stack is slow, and the other goroutines have
  // nothing to do with it; but they are part of the form.
  die(Kind::kFatalError, "fatal error: stack overflow", this_goroutine());
}

void fatal_signal(int signal) {
  const Machine* machine = this_machine();
  die(Kind::kFatalError,
      signal == SIGTERM ? "SIGTERM: termination" : "SIGQUIT: quit",
      machine ? machine->current : nullptr, signal);
}

void fatal_hang() {
  die(Kind::kFatalError,
      "fatal error: not ended after hang_after=" +
          std::string(seam::option("hang_after")) + " seconds",
      nullptr);
}

void install_terminate_handler() {
  previous_terminate = std::set_terminate(&on_terminate);
}

}  // namespace csp::internal
