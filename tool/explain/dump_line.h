// One line of a goroutine dump.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chansan/finding.h"

namespace chansan {

/// `goroutine 18 [chan receive, 2 minutes, locked to thread]:`
struct GoroutineHeader {
  std::uint64_t id = 0;
  std::string status;
  std::int64_t waiting_ns = 0;
};
std::optional<GoroutineHeader> goroutine_header(std::string_view line);

/// `... 900 more goroutines [chan receive], all at:`: those that our runtime
/// does not print one by one.
struct FoldedHeader {
  std::uint64_t count = 0;
  std::string status;
};
std::optional<FoldedHeader> folded_header(std::string_view line);

/// The place on an indented line: `\t/src/main.go:9 +0x47`.
std::optional<Location> place_line(std::string_view line);

/// `created by main.worker in goroutine 7`; older dumps name no goroutine.
struct CreationLine {
  std::string function;
  std::uint64_t creator = 0;  // 0: not named
};
std::optional<CreationLine> creation_line(std::string_view line);

/// The name in `main.worker(0xc000, ...)`: without the arguments.
std::string function_name(std::string_view line);

/// Whether a function is csp's, the standard library's, or Go's runtime's.
bool is_library_function(std::string_view function);

}  // namespace chansan
