// Which form a finding has as text.
#include "chansan/report.h"
#include "detector/src/report/text_out.h"

namespace chansan {

std::string to_text(const Finding& finding, Color color) {
  TextOut out(color);
  if (finding.id == "race") {
    race_text(out, finding);
  } else if (finding.id == "deadlock" || finding.id == "panic" ||
             finding.id == "fatal") {
    stuck_text(out, finding);
  } else {
    lint_text(out, finding);
  }
  return out.text();
}

}  // namespace chansan
