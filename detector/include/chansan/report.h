/// A finding as text and as JSON. Prints, decides nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "chansan/finding.h"

namespace chansan {

/// Of the JSON document that docs/formats/findings.md describes.
inline constexpr int kFindingsVersion = 2;

enum class Color : std::uint8_t { kNever, kAlways };

struct TextOptions {
  Color color = Color::kNever;
  /// The text of a source line, shown below its place; empty: not known.
  /// Unset, no source is shown.
  std::function<std::string(const Location&)> source;
};

/// What a run or an analysis has to say besides its findings.
struct Summary {
  std::string tool;           // "check", "run"
  std::string program;        // what was run or checked
  std::uint64_t dropped = 0;  // accesses that could not be kept
  std::string text;           // the closing line; empty: none
};

/// The report of a run in Go's and ThreadSanitizer's form
/// (`WARNING: DATA RACE`), or of the lint in the compilers'
/// (`file:line:column: warning: text [chansan-id]` and notes).
std::string to_text(const Finding& finding, Color color = Color::kNever);
std::string to_text(const Finding& finding, const TextOptions& options);

/// Of a deadlock or leak: the verdict, the knot and who is behind it, without
/// the goroutines' blocks. Empty if the cause is not known.
std::string standstill_text(const Finding& finding, const TextOptions& options);

/// What a finding comes to, in one sentence that begins with a capital letter
/// and ends with a full stop.
std::string verdict(const Finding& finding);

/// One JSON object, without a line break at its end.
std::string to_json(const Finding& finding);

/// The whole document: format, version, findings, summary.
std::string to_json(std::span<const Finding> findings, const Summary& summary);

}  // namespace chansan
