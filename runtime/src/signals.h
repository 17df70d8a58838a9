// Signals: SIGSEGV of a guard that was touched, and what ends a
// program that is to say what it waits for.
#pragma once

#include "runtime/src/machine.h"

namespace csp::internal {

/// Handles both, unless somebody else does already.
void install_signal_handlers();
/// A stack for the handlers on the calling OS thread.
void install_signal_stack(Machine& machine);

}  // namespace csp::internal
