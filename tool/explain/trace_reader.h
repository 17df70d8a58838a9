// Reads the event log that CHANSAN_OPTIONS=trace=FILE writes:
// docs/formats/trace.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chansan {

enum class TraceKind : std::uint8_t {
  kNone,
  kRun,
  kIdle,
  kWait,
  kReady,
  kGo,
  kEnd,
  kName,
  kSend,
  kReceive
};

struct TraceEvent {
  std::int64_t ns = 0;  // since the process began to log
  TraceKind kind = TraceKind::kNone;
  std::uint8_t reason = 0;  // index of kWaitReasons
  std::uint32_t ring = 0;   // the OS thread
  std::uint64_t goroutine = 0;
  std::uint64_t object = 0;  // or the pc of a go statement
  std::uint64_t other = 0;   // goroutine, or slot
  std::uint64_t order = 0;   // of those of one thread
};

struct Trace {
  std::string program;
  std::uint64_t pid = 0;
  std::uint64_t load_address = 0;
  std::uint64_t overwritten = 0;   // events that newer ones took the place of
  std::vector<TraceEvent> events;  // in their order
  std::map<std::uint64_t, std::string> names;  // given by the program
};

bool looks_like_trace(std::string_view bytes);

/// Nothing, after saying in `problem` why, if `bytes` is no log, or of a
/// version that we cannot read.
std::optional<Trace> read_trace(std::string_view bytes, std::string& problem);

/// Go's text for the reason of a wait.
std::string wait_reason_text(std::uint8_t reason);

}  // namespace chansan
