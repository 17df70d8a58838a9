#include "detector/src/report/names.h"

#include <algorithm>
#include <cstdio>

namespace chansan {

std::string address_name(std::uint64_t address) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%012llx",
                static_cast<unsigned long long>(address));
  return text;
}

std::string goroutine_label(const Finding& finding, std::uint64_t id) {
  std::string label =
      id == 1 ? "main goroutine" : "goroutine " + std::to_string(id);
  const auto found =
      std::find_if(finding.goroutines.begin(), finding.goroutines.end(),
                   [&](const Goroutine& each) { return each.id == id; });
  if (found != finding.goroutines.end() && !found->name.empty()) {
    label += " (\"" + found->name + "\")";
  }
  return label;
}

std::string_view level_name(Level level) {
  switch (level) {
    case Level::kCertain:
      return "certain";
    case Level::kLikely:
      return "likely";
    case Level::kMaybe:
      return "maybe";
  }
  return "certain";
}

std::string_view memory_kind_name(Memory::Kind kind) {
  switch (kind) {
    case Memory::Kind::kUnknown:
      return "unknown";
    case Memory::Kind::kGlobal:
      return "global";
    case Memory::Kind::kHeap:
      return "heap";
    case Memory::Kind::kStack:
      return "stack";
    case Memory::Kind::kChannel:
      return "channel";
    case Memory::Kind::kWaitGroup:
      return "wait group";
  }
  return "unknown";
}

std::string location_name(const Location& location) {
  std::string text = location.file.empty() ? "??" : location.file;
  if (location.line == 0) return text;
  text += ":" + std::to_string(location.line);
  if (location.column != 0) text += ":" + std::to_string(location.column);
  return text;
}

std::string counted(std::uint64_t count, std::string_view noun) {
  std::string text = std::to_string(count) + " ";
  text += noun;
  if (count != 1) text += "s";
  return text;
}

}  // namespace chansan
