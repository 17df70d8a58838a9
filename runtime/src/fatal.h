// The end of a program that went wrong: what is said, and the exit.
#pragma once

#include <string_view>

namespace csp::internal {

/// Status of a program that panics or meets a fatal error, as Go's.
inline constexpr int kFatalStatus = 2;

/// `fatal error: all goroutines are asleep - deadlock!` and every goroutine.
[[noreturn]] void fatal_deadlock();
/// `fatal error: ` and `text`, the goroutines, exit 2. Cannot be caught.
[[noreturn]] void fatal_error(std::string_view text);
/// The same from a signal handler, about the calling goroutine alone.
[[noreturn]] void fatal_overflow();
/// `SIGQUIT: quit` or `SIGTERM: termination`, as Go words them, and every
/// goroutine; exit 2, or of SIGTERM itself, which others wait to see. Not from
/// a goroutine.
[[noreturn]] void fatal_signal(int signal);
/// The same when hang_after has passed. Not from a goroutine.
[[noreturn]] void fatal_hang();
/// Makes an exception that leaves a goroutine a panic.
void install_terminate_handler();

/// Ends the process with the status that exit() was called with, without
/// running anything more of the program.
[[noreturn]] void end_process_now();

}  // namespace csp::internal
