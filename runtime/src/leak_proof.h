// Which goroutines can never run again: proved, or not said.
//
// After Golf (ASPLOS'25) and LeakSanitizer: a parked goroutine can be woken
// only by somebody who can reach what it waits on. Who runs, or may run by
// itself (a sleeper, a timer, one that waits for a descriptor), can reach what
// its registers and stack, global and thread-local variables and the heap lead
// to. A goroutine whose object is reached may run, so its own stack is looked
// through too; one to whose stack anything points is taken to run as well,
// since captures by reference are such pointers. What is left when nothing is
// added can never run.
//
// Every word is taken for a pointer if it could be one, so that a dead value
// can hide a leak but nothing can invent one. What is not proved this way:
// programs that hide pointers (by exclusive-or, in other processes, in the
// kernel's hands as user data).
#pragma once

#include <vector>

#include "runtime/event.h"

namespace csp::internal {

/// Goroutines that can never run again, by rising id. Of the calling goroutine
/// the stack above `frames` counts, so that what its dead variables have left
/// below does not. Requires: no goroutine is resumed meanwhile but the caller.
/// Empty if an OS thread did not stop.
std::vector<seam::GoroutineId> prove_leaks(const void* frames);

/// For prove_leaks(): the frame of the function that says this, and the
/// registers that its callers keep values in, which it has saved just below.
#define CSP_LIVE_FRAMES()   \
  (__builtin_unwind_init(), \
   static_cast<const char*>(__builtin_frame_address(0)) - 6 * sizeof(void*))

}  // namespace csp::internal
