// A race in Go's form, with what Go does not say behind it: what the address
// is, and why nothing orders the two accesses.
#include <cctype>
#include <string>

#include "detector/src/report/names.h"
#include "detector/src/report/text_out.h"

namespace chansan {
namespace {

std::string access_heading(const Finding& finding, const Access& access,
                           bool previous) {
  std::string heading =
      (previous ? "previous " : "") +
      (access.operation.empty() ? std::string("access") : access.operation);
  heading[0] = static_cast<char>(std::toupper(heading[0]));
  return heading + " at " + address_name(access.address) + " by " +
         goroutine_label(finding, access.goroutine) + ":";
}

void accesses_text(TextOut& out, const Finding& finding) {
  bool previous = false;
  for (const Access& access : finding.accesses) {
    if (previous) out.line();
    out.line(access_heading(finding, access, previous), Paint::kBold);
    out.race_stack(access.stack);
    previous = true;
  }
}

void creations_text(TextOut& out, const Finding& finding) {
  for (const Goroutine& goroutine : finding.goroutines) {
    if (goroutine.created_at.empty()) continue;
    out.line();
    std::string heading = "Goroutine " + std::to_string(goroutine.id);
    if (!goroutine.status.empty()) heading += " (" + goroutine.status + ")";
    out.line(heading + " created at:", Paint::kBold);
    out.race_stack(goroutine.created_at);
    if (goroutine.creator > 1) {
      out.line("  [in " + goroutine_label(finding, goroutine.creator) + "]");
    }
  }
}

std::string quoted_name(const Memory& memory) {
  return memory.name.empty() ? "" : " '" + memory.name + "'";
}

// " of size 40", " of size 40, at offset 8, field 'account.balance'".
std::string extent(const Memory& memory) {
  std::string text;
  if (memory.size != 0) text += " of size " + std::to_string(memory.size);
  if (memory.offset != 0) {
    text += ", at offset " + std::to_string(memory.offset);
  }
  if (!memory.field.empty()) text += ", field '" + memory.field + "'";
  return text;
}

std::string frame_of(const Memory& memory) {
  if (memory.function.empty()) return "";
  return " in frame of " + memory.function + "()";
}

std::string memory_sentence(const Finding& finding, const Memory& memory) {
  const std::string owner = goroutine_label(finding, memory.goroutine);
  const bool owned = memory.goroutine != 0;
  switch (memory.kind) {
    case Memory::Kind::kUnknown:
      return "";
    case Memory::Kind::kGlobal:
      return "Location is global" + quoted_name(memory) + extent(memory);
    case Memory::Kind::kHeap:
      return "Location is heap block" + quoted_name(memory) + extent(memory) +
             (owned ? ", allocated by " + owner : "");
    case Memory::Kind::kStack:
      return "Location is" +
             (memory.name.empty() ? std::string()
                                  : quoted_name(memory) + extent(memory) +
                                        frame_of(memory) + " on") +
             (owned ? " stack of " + owner : " a stack");
    case Memory::Kind::kChannel:
      return "Location is channel" + quoted_name(memory);
    case Memory::Kind::kWaitGroup:
      return "Location is wait group" + quoted_name(memory);
  }
  return "";
}

// "  [write of 4 bytes, previous read of 8 bytes]"
void sizes_text(TextOut& out, const Finding& finding) {
  std::string text;
  for (const Access& access : finding.accesses) {
    if (access.size == 0) return;
    text += text.empty() ? "" : ", previous ";
    text += access.operation + " of " + counted(access.size, "byte");
  }
  if (text.empty()) return;
  out.line();
  out.line("  [" + text + "]");
}

void memory_text(TextOut& out, const Finding& finding) {
  const Memory& memory = finding.memory;
  std::string sentence = memory_sentence(finding, memory);
  if (sentence.empty()) return;
  if (!memory.declared_at.file.empty()) {
    sentence += " at " + location_name(memory.declared_at);
  }
  out.line();
  if (memory.allocated_at.empty()) {
    out.line(sentence);
    return;
  }
  out.line(sentence + " at:");
  out.race_stack(memory.allocated_at);
}

void story_text(TextOut& out, const Finding& finding) {
  if (!finding.steps.empty()) out.line();
  for (const Step& step : finding.steps) {
    std::string text;
    if (step.goroutine != 0) {
      text = goroutine_label(finding, step.goroutine) + ": ";
    }
    out.line(text + step.message);
    if (!step.location.file.empty()) {
      out.place("      ", step.location);
    }
  }
}

void closing_text(TextOut& out, const Finding& finding) {
  if (!finding.why.empty() || !finding.hint.empty() ||
      !finding.reproduce.empty() || finding.count > 1) {
    out.line();
  }
  if (!finding.why.empty()) out.line(finding.why);
  if (!finding.hint.empty()) out.line("Hint: " + finding.hint);
  if (!finding.reproduce.empty()) out.line("Again: " + finding.reproduce);
  if (finding.count > 1) {
    out.line("Seen " + std::to_string(finding.count) + " times.");
  }
}

}  // namespace

void race_text(TextOut& out, const Finding& finding) {
  constexpr std::string_view kRule = "==================";
  out.line(kRule);
  out.line("WARNING: DATA RACE", Paint::kRed);
  accesses_text(out, finding);
  creations_text(out, finding);
  sizes_text(out, finding);
  memory_text(out, finding);
  story_text(out, finding);
  closing_text(out, finding);
  out.line(kRule);
}

}  // namespace chansan
