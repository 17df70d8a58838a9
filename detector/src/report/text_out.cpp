#include "detector/src/report/text_out.h"

#include <algorithm>
#include <iterator>

#include "detector/src/report/names.h"

namespace chansan {
namespace {

std::string_view escape_sequence(Paint paint) {
  switch (paint) {
    case Paint::kPlain:
      return "";
    case Paint::kBold:
      return "\033[1m";
    case Paint::kRed:
      return "\033[1;31m";
    case Paint::kMagenta:
      return "\033[1;35m";
    case Paint::kCyan:
      return "\033[1;36m";
  }
  return "";
}

}  // namespace

void TextOut::put(std::string_view text, Paint paint) {
  const bool painted =
      options_.color == Color::kAlways && paint != Paint::kPlain;
  if (painted) text_ += escape_sequence(paint);
  text_ += text;
  if (painted) text_ += "\033[0m";
}

void TextOut::line(std::string_view text, Paint paint) {
  put(text, paint);
  text_ += '\n';
}

std::string TextOut::source_line(const Location& location) const {
  if (!options_.source || location.file.empty() || location.line == 0) {
    return "";
  }
  return options_.source(location);
}

void TextOut::place(std::string_view prefix, const Location& location) {
  line(std::string(prefix) + location_name(location));
  source(std::string(prefix) + "    ", location);
}

void TextOut::source(std::string_view prefix, const Location& location) {
  const std::string text = source_line(location);
  const std::size_t start = text.find_first_not_of(" \t");
  if (start == text.npos) return;
  line(std::string(prefix) + text.substr(start), Paint::kCyan);
}

void TextOut::quote(const Location& location) {
  const std::string source = source_line(location);
  if (source.empty()) return;
  line(source);
  if (location.column == 0 || location.column > source.size() + 1) return;
  // Tabs stay tabs, so that the caret stands below its column however wide
  // they are shown.
  std::string margin = source.substr(0, location.column - 1);
  std::replace_if(
      margin.begin(), margin.end(), [](char c) { return c != '\t'; }, ' ');
  line(margin + "^", Paint::kCyan);
}

void TextOut::race_stack(const Stack& stack) {
  if (stack.empty()) line("  [stack not known]");
  for (const Frame& frame : shown_frames(stack)) {
    line("  " + call_name(frame));
    place("      ", frame.location);
  }
}

void TextOut::dump_stack(const Stack& stack) {
  for (const Frame& frame : user_frames(stack)) {
    // Go's form has no column, and readers of Go's dumps expect none.
    Location location = frame.location;
    location.column = 0;
    line(call_name(frame));
    place("\t", location);
  }
}

std::string call_name(const Frame& frame) {
  return (frame.function.empty() ? "??" : frame.function) + "()";
}

Stack shown_frames(const Stack& stack) {
  const auto is_user = [](const Frame& frame) { return !frame.library; };
  const auto innermost = std::find_if(stack.begin(), stack.end(), is_user);
  if (innermost == stack.end()) return stack;
  Stack shown;
  if (innermost != stack.begin()) shown.push_back(*(innermost - 1));
  std::copy_if(innermost, stack.end(), std::back_inserter(shown), is_user);
  return shown;
}

Stack user_frames(const Stack& stack) {
  Stack shown;
  std::copy_if(stack.begin(), stack.end(), std::back_inserter(shown),
               [](const Frame& frame) { return !frame.library; });
  return shown.empty() ? stack : shown;
}

}  // namespace chansan
