// A finding of the lint in the compilers' form, which every editor and CI
// can read.
#include <string>

#include "detector/src/report/names.h"
#include "detector/src/report/text_out.h"

namespace chansan {
namespace {

void diagnostic_line(TextOut& out, const Location& location,
                     std::string_view kind, Paint paint,
                     const std::string& message) {
  // A compiler that knows no place begins with its own name.
  out.put(location.file.empty() ? "chansan" : location_name(location),
          Paint::kBold);
  out.put(": ", Paint::kBold);
  out.put(std::string(kind) + ": ", paint);
  out.line(message);
  out.quote(location);
}

void note(TextOut& out, const Location& location, const std::string& message) {
  diagnostic_line(out, location, "note", Paint::kCyan, message);
}

}  // namespace

void lint_text(TextOut& out, const Finding& finding) {
  diagnostic_line(out, finding.location, "warning", Paint::kMagenta,
                  finding.message + " [chansan-" + finding.id + "]");
  for (const Step& step : finding.steps) {
    note(out, step.location, step.message);
  }
  if (!finding.why.empty()) note(out, finding.location, finding.why);
  if (!finding.hint.empty()) note(out, finding.location, finding.hint);
  for (const Fix& fix : finding.fixes) {
    if (fix.text.empty()) {
      note(out, fix.location, "fix: remove this");
    } else {
      const std::string verb = fix.length == 0 ? "insert '" : "write '";
      note(out, fix.location, "fix: " + verb + fix.text + "' here");
    }
  }
  if (finding.count > 1) {
    note(out, finding.location,
         "reported " + std::to_string(finding.count) + " times");
  }
}

}  // namespace chansan
