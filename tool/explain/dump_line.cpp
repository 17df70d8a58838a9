#include "tool/explain/dump_line.h"

#include <algorithm>
#include <charconv>

namespace chansan {
namespace {

constexpr std::string_view kGoroutine = "goroutine ";

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

template <typename Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || text.empty()) return std::nullopt;
  return number;
}

// Takes `:NUMBER` from the end of `text`.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  const auto number = whole_number<std::uint32_t>(text.substr(colon + 1));
  if (number) text = text.substr(0, colon);
  return number;
}

// The minutes in "2 minutes"; nothing if `part` says something else.
std::optional<std::int64_t> minutes_of(std::string_view part) {
  const std::size_t space = part.find(' ');
  if (space == part.npos || !part.substr(space).starts_with(" minute")) {
    return std::nullopt;
  }
  return whole_number<std::int64_t>(part.substr(0, space));
}

}  // namespace

std::optional<GoroutineHeader> goroutine_header(std::string_view line) {
  if (!take_prefix(line, kGoroutine) || !line.ends_with("]:")) {
    return std::nullopt;
  }
  const std::size_t open = line.find('[');
  if (open == line.npos) return std::nullopt;
  // Between the two Go may print `gp=0xc000 m=0 mp=0x5e`.
  const auto id = whole_number<std::uint64_t>(line.substr(0, line.find(' ')));
  if (!id) return std::nullopt;
  std::string_view inside = line.substr(open + 1, line.size() - open - 3);
  GoroutineHeader header{*id, std::string(inside.substr(0, inside.find(','))),
                         0};
  constexpr std::int64_t kMinute = 60'000'000'000;
  while (inside.find(',') != inside.npos) {
    inside.remove_prefix(inside.find(',') + 1);
    take_prefix(inside, " ");
    if (const auto minutes = minutes_of(inside.substr(0, inside.find(',')))) {
      header.waiting_ns = *minutes * kMinute;
    }
  }
  return header;
}

std::optional<FoldedHeader> folded_header(std::string_view line) {
  constexpr std::string_view kMiddle = " more goroutines [";
  constexpr std::string_view kEnd = "], all at:";
  if (!take_prefix(line, "... ") || !line.ends_with(kEnd)) return std::nullopt;
  const std::size_t middle = line.find(kMiddle);
  if (middle == line.npos) return std::nullopt;
  const auto count = whole_number<std::uint64_t>(line.substr(0, middle));
  if (!count) return std::nullopt;
  line.remove_suffix(kEnd.size());
  return FoldedHeader{*count,
                      std::string(line.substr(middle + kMiddle.size()))};
}

std::optional<Location> place_line(std::string_view line) {
  if (line.empty() || (line[0] != '\t' && line[0] != ' ')) return std::nullopt;
  line.remove_prefix(std::min(line.find_first_not_of("\t "), line.size()));
  const std::size_t offset = line.rfind(" +0x");
  if (offset != line.npos) line = line.substr(0, offset);
  const auto last = take_number(line);
  if (!last) return std::nullopt;
  const auto first = take_number(line);
  if (line.empty()) return std::nullopt;
  return first ? Location{std::string(line), *first, *last}
               : Location{std::string(line), *last, 0};
}

std::optional<CreationLine> creation_line(std::string_view line) {
  if (!take_prefix(line, "created by ")) return std::nullopt;
  constexpr std::string_view kIn = " in goroutine ";
  const std::size_t in = line.rfind(kIn);
  if (in == line.npos) return CreationLine{std::string(line), 0};
  const auto id = whole_number<std::uint64_t>(line.substr(in + kIn.size()));
  return id ? CreationLine{std::string(line.substr(0, in)), *id}
            : CreationLine{std::string(line), 0};
}

std::string function_name(std::string_view line) {
  if (!line.ends_with(')')) return std::string(line);
  int depth = 0;
  for (std::size_t i = line.size(); i-- > 0;) {
    if (line[i] == ')') ++depth;
    if (line[i] == '(' && --depth == 0) return std::string(line.substr(0, i));
  }
  return std::string(line);
}

bool is_library_function(std::string_view function) {
  for (const std::string_view prefix :
       {"csp::", "std::", "__gnu_cxx::", "runtime.", "runtime/", "sync.",
        "internal/"}) {
    if (function.starts_with(prefix)) return true;
  }
  return false;
}

}  // namespace chansan
