/// The go statement.
#pragma once

#include <cstddef>
#include <utility>

#include "csp/internal/annotations.h"
#include "csp/internal/task.h"

namespace csp {

/// Runs `f(args...)` in a new goroutine. The function and its arguments are
/// decay-copied, as std::thread does; pass a reference by std::ref. There is
/// nothing to join: wait with a channel or a wait_group.
///
/// Does not wait for it; but who starts thousands without waiting for anything
/// lets those run first that it has started, as yield() does.
/// Orders: this call before the goroutine's first step. Its end orders
/// nothing.
/// Throws: std::bad_alloc if there is no memory for a stack, and what copying
/// the arguments throws. An exception that leaves the goroutine ends the
/// program: `panic: ` and what it says, the goroutines, exit status 2.
template <class F, class... Args>
CSP_ROLE("spawn")
[[gnu::always_inline]] inline void go(F&& f, Args&&... args) {
  internal::spawn(CSP_SITE(), 0, std::forward<F>(f),
                  std::forward<Args>(args)...);
}

/// How far the stack of a goroutine may grow. The default is 256 KiB, or
/// CHANSAN_OPTIONS=stack_kb=N; only what is touched takes memory.
struct stack_size {
  std::size_t bytes;
};

/// As above, with a stack of at least `size`: for deep recursion or large
/// local arrays. `csp::go(csp::stack_size{64 << 20}, f, args...)`
template <class F, class... Args>
CSP_ROLE("spawn")
[[gnu::always_inline]] inline void go(stack_size size, F&& f, Args&&... args) {
  internal::spawn(CSP_SITE(), size.bytes, std::forward<F>(f),
                  std::forward<Args>(args)...);
}

}  // namespace csp
