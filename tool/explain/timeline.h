// What goroutines did when: an event log as slices and arrows.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tool/explain/trace_reader.h"

namespace chansan {

struct Slice {
  enum class Kind : std::uint8_t { kRun, kReady, kWait };
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;
  Kind kind = Kind::kRun;
  std::string text;  // "running", "runnable", or the reason of the wait
};

struct Lane {
  std::uint64_t goroutine = 0;
  std::string name;
  std::vector<Slice> slices;     // one after the other
  std::uint64_t created_at = 0;  // pc of the go statement; 0: not known
};

/// Something that one goroutine did and another one could go on because of.
struct Arrow {
  std::string text;        // "send to receive", "unlock to lock", "go", ...
  std::uint64_t from = 0;  // goroutine
  std::int64_t from_ns = 0;
  std::uint64_t to = 0;
  std::int64_t to_ns = 0;
};

struct Timeline {
  std::string program;
  std::uint64_t pid = 0;
  std::uint64_t load_address = 0;
  std::uint64_t overwritten = 0;
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;
  std::map<std::uint64_t, Lane> lanes;  // by goroutine
  std::vector<Arrow> arrows;
};

Timeline to_timeline(const Trace& trace);

/// For ui.perfetto.dev and chrome://tracing: JSON trace events, a track for
/// each goroutine.
std::string to_perfetto(const Timeline& timeline);

/// The last moments, for the page.
std::string timeline_json(const Timeline& timeline);

/// For a person: how long each goroutine ran and waited.
std::string to_text(const Timeline& timeline);

}  // namespace chansan
