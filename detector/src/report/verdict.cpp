// What a finding comes to, in one sentence made of what it says.
#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chansan/report.h"
#include "detector/src/report/names.h"

namespace chansan {
namespace {

// "2 in chan send, 1 in select", in order of first appearance.
std::string status_counts(const Finding& finding) {
  std::vector<std::pair<std::string_view, std::uint64_t>> counts;
  for (const Goroutine& goroutine : finding.goroutines) {
    const auto known = std::find_if(
        counts.begin(), counts.end(),
        [&](const auto& each) { return each.first == goroutine.status; });
    if (known == counts.end()) {
      counts.emplace_back(goroutine.status, goroutine.count);
    } else {
      known->second += goroutine.count;
    }
  }
  std::string text;
  for (const auto& [status, count] : counts) {
    if (!text.empty()) text += ", ";
    text += std::to_string(count) + " in ";
    text += status;
  }
  return text;
}

std::uint64_t size_of(const Finding& finding) {
  std::uint64_t size = 0;
  for (const Goroutine& goroutine : finding.goroutines) {
    size += goroutine.count;
  }
  return size;
}

std::string deadlock_verdict(const Finding& finding) {
  const std::uint64_t size = size_of(finding);
  if (size == 0) {
    return "Deadlock: every goroutine is blocked and nothing can wake one.";
  }
  if (size == 1) {
    const Goroutine& only = finding.goroutines.front();
    return "Deadlock: the only goroutine is blocked for ever (" + only.status +
           ").";
  }
  const std::string who =
      size == 2 ? "both goroutines" : "all " + counted(size, "goroutine");
  return "Deadlock: " + who + " are blocked for ever (" +
         status_counts(finding) + ").";
}

// " at main.cpp:9:5", of the innermost of the user's functions.
std::string place_in(const Stack& stack) {
  const auto user =
      std::find_if(stack.begin(), stack.end(),
                   [](const Frame& frame) { return !frame.library; });
  if (user == stack.end() || user->location.file.empty()) return "";
  return " at " + location_name(user->location);
}

std::string without_prefix(std::string_view text, std::string_view prefix) {
  if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  return std::string(text);
}

// A panic or fatal error: by convention the first goroutine is the one that
// ran into it.
std::string death_verdict(const Finding& finding, std::string_view what,
                          std::string_view prefix) {
  std::string text(what);
  if (!finding.goroutines.empty()) {
    const Goroutine& first = finding.goroutines.front();
    text += " in " + goroutine_label(finding, first.id) + place_in(first.stack);
  }
  return text + ": " + without_prefix(finding.message, prefix) + ".";
}

std::string memory_label(const Memory& memory) {
  if (memory.kind == Memory::Kind::kUnknown) return "";
  std::string text = " on ";
  text += memory.kind == Memory::Kind::kHeap    ? "heap block"
          : memory.kind == Memory::Kind::kStack ? "stack variable"
                                                : memory_kind_name(memory.kind);
  const std::string& name = memory.field.empty() ? memory.name : memory.field;
  if (!name.empty()) text += " '" + name + "'";
  return text;
}

std::string race_verdict(const Finding& finding) {
  std::string text = "Data race" + memory_label(finding.memory) + ": ";
  std::string separator;
  for (const Access& access : finding.accesses) {
    text += separator + "the " + access.operation + " by " +
            goroutine_label(finding, access.goroutine) + place_in(access.stack);
    separator = " and ";
  }
  return text + " are not ordered.";
}

std::string dump_verdict(const Finding& finding) {
  const std::uint64_t size = size_of(finding);
  return counted(size, "goroutine") + ": " + status_counts(finding) + ".";
}

std::string sentence(std::string text) {
  if (text.empty()) return text;
  text[0] =
      static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  if (text.back() != '.' && text.back() != '!') text += '.';
  return text;
}

}  // namespace

std::string verdict(const Finding& finding) {
  if (finding.id == "race") return race_verdict(finding);
  if (finding.id == "deadlock") {
    // Who knows why nothing can wake them says it better than the counts.
    return finding.why.empty() ? deadlock_verdict(finding)
                               : sentence(finding.why);
  }
  if ((finding.id == "leak" || finding.id == "lock-order") &&
      !finding.why.empty()) {
    return sentence(finding.why);
  }
  if (finding.id == "panic") return death_verdict(finding, "Panic", "panic: ");
  if (finding.id == "fatal") {
    return death_verdict(finding, "Fatal error", "fatal error: ");
  }
  if (finding.id == "dump") return dump_verdict(finding);
  return sentence(finding.message);
}

}  // namespace chansan
