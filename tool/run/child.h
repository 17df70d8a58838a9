// The program that `chansan run` runs.
#pragma once

#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

#include "tool/common/process.h"

namespace chansan {

enum class Errors : std::uint8_t {
  kOurs,    // the program's standard error is ours
  kCopied,  // passes through us, and is kept
};

struct ChildResult {
  Ended ended;
  std::string errors;  // kCopied: the end of what it printed there
};

/// Runs `command` with our standard streams until it ends. A signal that is
/// sent to us alone is passed on; one from the terminal reaches it anyway.
std::error_code run_child(const std::vector<std::string>& command,
                          Errors errors, ChildResult& result);

}  // namespace chansan
