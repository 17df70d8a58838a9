/// The runtime as a program sees it: processors, goroutines, hand-off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <utility>

#include "csp/internal/annotations.h"

namespace csp {

/// Lets every other runnable goroutine of this processor go first.
CSP_ROLE("yield") void yield();

/// Sets the number of processors that run goroutines at the same time, if
/// `n >= 1`. Returns the number before. The default is $GOMAXPROCS, else the
/// number of CPUs that the process may use.
int gomaxprocs(int n = 0);

/// The number of CPUs that the process may use (affinity and cgroup quota).
int num_cpu();

/// The number of goroutines alive, main included.
std::size_t num_goroutine();

/// The id of the calling goroutine; main is 1.
std::uint64_t goroutine_id();

/// Names the calling goroutine in every report.
void set_goroutine_name(std::string name);

/// Ends the calling goroutine, unwinding its stack; catch (...) does not stop
/// it. From main it lets the others run on, and the program deadlocks when
/// they have ended, as in Go.
[[noreturn]] CSP_ROLE("exit") void goexit();

/// Writes every goroutine with its stack, in Go's form.
void dump_goroutines(std::ostream& out);

namespace internal {
bool enter_blocking();  // false: inside of another one
void exit_blocking() noexcept;
struct BlockingScope {
  BlockingScope() : outermost(enter_blocking()) {}
  ~BlockingScope() {
    if (outermost) exit_blocking();
  }
  BlockingScope(const BlockingScope&) = delete;
  BlockingScope& operator=(const BlockingScope&) = delete;
  const bool outermost;
};
}  // namespace internal

/// Calls `f`, which may block its OS thread: the processor runs other
/// goroutines meanwhile. In `f` channels, locks and timers can be used as
/// everywhere, though slower. Returns what `f` returns.
template <class F>
CSP_ROLE("blocking")
decltype(auto) blocking(F&& f) {
  internal::BlockingScope scope;
  return std::forward<F>(f)();
}

}  // namespace csp
