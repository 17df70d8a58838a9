// The text of a report while it is being put together: lines and colours.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "chansan/finding.h"
#include "chansan/report.h"

namespace chansan {

enum class Paint : std::uint8_t { kPlain, kBold, kRed, kMagenta, kCyan };

class TextOut {
 public:
  /// `options` must outlive this.
  explicit TextOut(const TextOptions& options) : options_(options) {}

  /// Appends `text` in the given paint, no line break.
  void put(std::string_view text, Paint paint = Paint::kPlain);
  /// Appends `text` and a line break.
  void line(std::string_view text = {}, Paint paint = Paint::kPlain);

  /// `prefix`, the location and a line break; below it, indented further, the
  /// source where that is to be shown.
  void place(std::string_view prefix, const Location& location);
  /// The source of `location` on a line of its own, where it is to be shown.
  void source(std::string_view prefix, const Location& location);
  /// The source of `location` in the compilers' form: the line as it stands,
  /// and a caret below the column.
  void quote(const Location& location);

  /// The stack in Go's race form: `  function()`, `      file:line:column`.
  void race_stack(const Stack& stack);
  /// The stack in Go's dump form: `function()`, a tab, `file:line`.
  void dump_stack(const Stack& stack);

  const std::string& text() const { return text_; }

 private:
  std::string source_line(const Location& location) const;

  const TextOptions& options_;
  std::string text_;
};

/// "worker()", or "??()" when the name is not known.
std::string call_name(const Frame& frame);

/// The frames that a reader wants: the user's, and the library function that
/// the user's innermost frame called. All of them when none is the user's.
Stack shown_frames(const Stack& stack);

/// The user's frames alone; all when none is the user's.
Stack user_frames(const Stack& stack);

// One for each form; to_text() chooses.
void race_text(TextOut& out, const Finding& finding);
void stuck_text(TextOut& out, const Finding& finding);
void standstill_text(TextOut& out, const Finding& finding);
/// The same without the verdict.
void knot_text(TextOut& out, const Finding& finding);
void leak_text(TextOut& out, const Finding& finding);
void lock_order_text(TextOut& out, const Finding& finding);
/// A goroutine in the form of Go's dumps.
void goroutine_block(TextOut& out, const Goroutine& goroutine);
void lint_text(TextOut& out, const Finding& finding);

}  // namespace chansan
