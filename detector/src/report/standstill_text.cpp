// Why nothing goes on, for a person: the verdict, the knot, who is behind it.
//
// Every line that names a goroutine is indented or begins otherwise than a
// block of a dump, so that readers of dumps pass over it.
#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <tuple>

#include "chansan/report.h"
#include "detector/src/report/names.h"
#include "detector/src/report/text_out.h"

namespace chansan {
namespace {

const Frame* user_frame(const Stack& stack) {
  for (const Frame& frame : stack) {
    if (!frame.library && !frame.location.file.empty()) return &frame;
  }
  return nullptr;
}

std::string at(const Stack& stack) {
  const Frame* const frame = user_frame(stack);
  if (frame == nullptr) return "";
  Location place = frame->location;
  place.column = 0;
  return " at " + location_name(place);
}

std::string heading(const Goroutine& goroutine) {
  std::string text = "goroutine " + std::to_string(goroutine.id);
  if (!goroutine.name.empty()) text += " (\"" + goroutine.name + "\")";
  if (goroutine.count > 1) {
    text = counted(goroutine.count, "goroutine");
  }
  return text + " [" + goroutine.status + "]" + at(goroutine.stack);
}

std::string duration(std::int64_t ns) {
  constexpr double kMillisecond = 1e6;
  constexpr double kSecond = 1e9;
  char text[32];
  if (static_cast<double>(ns) < kSecond) {
    std::snprintf(text, sizeof text, "%.0f ms",
                  static_cast<double>(ns) / kMillisecond);
  } else {
    std::snprintf(text, sizeof text, "%.1f s",
                  static_cast<double>(ns) / kSecond);
  }
  return text;
}

void source_of(TextOut& out, const Goroutine& goroutine) {
  const Frame* const frame = user_frame(goroutine.stack);
  if (frame != nullptr) out.source("        | ", frame->location);
}

void member(TextOut& out, const Goroutine& goroutine) {
  constexpr std::int64_t kShort = 1'000'000;
  out.line("    " + heading(goroutine), Paint::kBold);
  source_of(out, goroutine);
  std::string waits = goroutine.waits_for.empty()
                          ? std::string("waits for nothing that could happen")
                          : "waits for " + goroutine.waits_for;
  if (goroutine.waiting_ns >= kShort) {
    waits += ", for " + duration(goroutine.waiting_ns);
  }
  out.line("        " + waits);
  for (const Held& held : goroutine.holds) {
    const std::string place = at(held.taken_at);
    out.line("        has " + held.object +
             (place.empty() ? "" : ", taken" + place));
  }
  if (!goroutine.wakers.empty()) out.line("        who could wake it:");
  for (const Step& waker : goroutine.wakers) {
    out.line("            " + waker.message);
  }
  if (goroutine.creator == 0) return;
  out.line("        created in goroutine " + std::to_string(goroutine.creator) +
           at(goroutine.created_at));
  for (const Step& step : goroutine.ancestors) {
    const bool known = !step.location.file.empty();
    out.line("            " + step.message +
             (known ? " at " + location_name(step.location) : ""));
  }
}

void object_lines(TextOut& out, const Object& object) {
  const std::string made = at(object.made_at);
  out.line("    " + object.name + ": " + object.state +
           (made.empty() ? "" : ", made" + made));
  if (!object.history.empty()) out.line("        last operations:");
  for (const Step& step : object.history) {
    const std::string place = location_name(step.location);
    out.line("            " + step.message +
             (step.location.file.empty() ? "" : " at " + place));
  }
}

// Equal ones are counted together.
void behind(TextOut& out, const Finding& finding) {
  constexpr std::size_t kLinesMax = 12;
  using Key = std::tuple<std::string, std::string, std::string>;
  std::map<Key, std::pair<std::uint64_t, const Goroutine*>> alike;
  for (const Goroutine& each : finding.goroutines) {
    if (each.in_knot) continue;
    auto& [count, first] = alike[{each.status, at(each.stack), each.waits_for}];
    count += each.count;
    if (first == nullptr || each.id < first->id) first = &each;
  }
  if (alike.empty()) return;
  out.line(finding.id == "leak" ? "Behind them:" : "Behind them, or apart:");
  std::size_t lines = 0;
  std::uint64_t more = 0;
  for (const auto& [key, group] : alike) {
    if (++lines > kLinesMax) {
      more += group.first;
      continue;
    }
    Goroutine shown = *group.second;
    shown.count = group.first;
    std::string text = "    " + heading(shown);
    if (!shown.waits_for.empty()) text += ", waits for " + shown.waits_for;
    out.line(text);
  }
  if (more > 0) out.line("    and " + counted(more, "more goroutine"));
}

}  // namespace

void standstill_text(TextOut& out, const Finding& finding) {
  if (finding.why.empty()) return;
  out.line(verdict(finding), Paint::kRed);
  out.line();
  knot_text(out, finding);
}

void knot_text(TextOut& out, const Finding& finding) {
  out.line("The knot:");
  for (const Goroutine& each : finding.goroutines) {
    if (each.in_knot) member(out, each);
  }
  if (!finding.objects.empty()) out.line("What they wait on:");
  for (const Object& object : finding.objects) object_lines(out, object);
  behind(out, finding);
  if (!finding.hint.empty()) out.line("Hint: " + finding.hint + ".");
  if (!finding.reproduce.empty()) out.line("Again: " + finding.reproduce);
}

std::string standstill_text(const Finding& finding,
                            const TextOptions& options) {
  TextOut out(options);
  standstill_text(out, finding);
  return out.text();
}

void leak_text(TextOut& out, const Finding& finding) {
  out.line("==================");
  out.line("WARNING: GOROUTINE LEAK", Paint::kRed);
  out.line(finding.message);
  for (const Goroutine& goroutine : finding.goroutines) {
    out.line();
    goroutine_block(out, goroutine);
  }
  out.line();
  standstill_text(out, finding);
  out.line("==================");
}

}  // namespace chansan
