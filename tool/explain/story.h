// A document for a person: what each finding comes to, who takes part, and
// what is known of why.
#pragma once

#include <string>

#include "chansan/report.h"
#include "tool/explain/findings_reader.h"

namespace chansan {

/// The whole document, one finding after the other, the verdict first.
std::string tell(const Document& document, const TextOptions& options);

/// One deadlock, panic, fatal error or dump: goroutines that stand at the same
/// place are told of once.
std::string tell_stuck(const Finding& finding, const TextOptions& options);

/// What a goroutine with this wait reason waits for somebody to do, as a
/// clause: "a send on the channel, or its close". Empty: nothing, or not
/// known.
std::string awaited(const std::string& status);

}  // namespace chansan
