// Handlers of the program's wait until the detector is left.
#pragma once

namespace chansan::live {

/// Runs the handlers of signals that came while this OS thread was inside of
/// the detector. Requires: it is not any more.
[[gnu::noinline, gnu::cold]] void run_late_handlers();

}  // namespace chansan::live
