// A deadlock that was possible: who took which lock while it had which, with
// the stack of each, in the form of a race.
#include <string>

#include "chansan/report.h"
#include "detector/src/report/names.h"
#include "detector/src/report/text_out.h"

namespace chansan {
namespace {

std::string label(const Goroutine& goroutine) {
  std::string text = goroutine.id == 1
                         ? "Main goroutine"
                         : "Goroutine " + std::to_string(goroutine.id);
  if (!goroutine.name.empty()) text += " \"" + goroutine.name + "\"";
  return text;
}

// "mutex 'a' => mutex 'b' => mutex 'a'".
std::string circle(const Finding& finding) {
  std::string text;
  for (const Goroutine& each : finding.goroutines) {
    text += each.waits_for + " => ";
  }
  return text + finding.goroutines.front().waits_for;
}

void side(TextOut& out, const Goroutine& goroutine) {
  out.line();
  std::string heading = label(goroutine) + " takes " + goroutine.waits_for;
  if (!goroutine.holds.empty()) {
    heading += " while it has " + goroutine.holds.front().object;
  }
  out.line(heading + ":", Paint::kBold);
  out.race_stack(goroutine.stack);
  for (const Held& held : goroutine.holds) {
    out.line();
    out.line("  It had taken " + held.object + " at:");
    out.race_stack(held.taken_at);
  }
}

void creation(TextOut& out, const Goroutine& goroutine) {
  if (goroutine.created_at.empty()) return;
  out.line();
  out.line("Goroutine " + std::to_string(goroutine.id) + " (" +
               goroutine.status + ") created at:",
           Paint::kBold);
  out.race_stack(goroutine.created_at);
}

}  // namespace

void lock_order_text(TextOut& out, const Finding& finding) {
  constexpr std::string_view kRule = "==================";
  out.line(kRule);
  out.line("WARNING: POTENTIAL DEADLOCK", Paint::kRed);
  if (!finding.goroutines.empty()) {
    out.line("Cycle in the order of locks: " + circle(finding));
  }
  for (const Goroutine& each : finding.goroutines) side(out, each);
  for (const Goroutine& each : finding.goroutines) creation(out, each);
  for (const Object& object : finding.objects) {
    if (object.made_at.empty()) continue;
    out.line();
    out.line(object.name + ", " + object.state + ", allocated at:");
    out.race_stack(object.made_at);
  }
  out.line();
  out.line(verdict(finding));
  if (!finding.hint.empty()) out.line("Hint: " + finding.hint + ".");
  if (!finding.reproduce.empty()) out.line("Again: " + finding.reproduce);
  if (finding.count > 1) {
    out.line("Seen " + std::to_string(finding.count) + " times.");
  }
  out.line(kRule);
}

}  // namespace chansan
