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
  const bool painted = color_ == Color::kAlways && paint != Paint::kPlain;
  if (painted) text_ += escape_sequence(paint);
  text_ += text;
  if (painted) text_ += "\033[0m";
}

void TextOut::line(std::string_view text, Paint paint) {
  put(text, paint);
  text_ += '\n';
}

void TextOut::race_stack(const Stack& stack) {
  if (stack.empty()) line("  [stack not known]");
  for (const Frame& frame : shown_frames(stack)) {
    line("  " + call_name(frame));
    line("      " + location_name(frame.location));
  }
}

void TextOut::dump_stack(const Stack& stack) {
  for (const Frame& frame : user_frames(stack)) {
    // Go's form has no column, and readers of Go's dumps expect none.
    Location location = frame.location;
    location.column = 0;
    line(call_name(frame));
    line("\t" + location_name(location));
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
