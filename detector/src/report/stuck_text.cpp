// A deadlock, panic or fatal error: the verdict in one sentence, then every
// goroutine in the form of Go's dumps, so that tools for those read it.
#include <string>

#include "chansan/report.h"
#include "detector/src/report/names.h"
#include "detector/src/report/text_out.h"

namespace chansan {
namespace {

void header(TextOut& out, const Goroutine& goroutine) {
  constexpr std::int64_t kMinute = 60'000'000'000;
  std::string status = goroutine.status.empty() ? "running" : goroutine.status;
  if (goroutine.waiting_ns >= kMinute) {
    status +=
        ", " + std::to_string(goroutine.waiting_ns / kMinute) + " minutes";
  }
  const std::string heading =
      goroutine.count == 1
          ? "goroutine " + std::to_string(goroutine.id) + " [" + status + "]:"
          : "... " + counted(goroutine.count, "more goroutine") + " [" +
                status + "], all at:";
  out.line(heading, Paint::kBold);
  if (!goroutine.name.empty()) out.line(goroutine.name);
  if (!goroutine.waits_for.empty()) {
    out.line("waits for " + goroutine.waits_for);
  }
}

void creation(TextOut& out, const Goroutine& goroutine) {
  const Stack stack = user_frames(goroutine.created_at);
  if (stack.empty() && goroutine.creator == 0) return;
  // Go's form: the name without parentheses, and one frame.
  std::string text = "created by ";
  text += stack.empty() || stack.front().function.empty()
              ? "??"
              : stack.front().function;
  if (goroutine.creator != 0) {
    text += " in goroutine " + std::to_string(goroutine.creator);
  }
  out.line(text);
  if (stack.empty()) return;
  Location location = stack.front().location;
  location.column = 0;
  out.place("\t", location);
}

}  // namespace

void goroutine_block(TextOut& out, const Goroutine& goroutine) {
  header(out, goroutine);
  out.dump_stack(goroutine.stack);
  creation(out, goroutine);
}

void stuck_text(TextOut& out, const Finding& finding) {
  if (const std::string text = verdict(finding); !text.empty()) {
    out.line(text, Paint::kBold);
    out.line();
  }
  out.line(finding.message, Paint::kRed);
  for (const Goroutine& goroutine : finding.goroutines) {
    out.line();
    goroutine_block(out, goroutine);
  }
  if (!finding.why.empty()) {
    out.line();
    knot_text(out, finding);
    return;
  }
  if (finding.hint.empty() && finding.reproduce.empty()) return;
  out.line();
  if (!finding.hint.empty()) out.line("Hint: " + finding.hint);
  if (!finding.reproduce.empty()) out.line("Again: " + finding.reproduce);
}

}  // namespace chansan
