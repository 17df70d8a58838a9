// Stack overflows: a guard was touched.
#pragma once

#include "runtime/src/machine.h"

namespace csp::internal {

/// Handles SIGSEGV, unless somebody else does already.
void install_overflow_handler();
/// A stack for that handler on the calling OS thread.
void install_signal_stack(Machine& machine);

}  // namespace csp::internal
