// Which form a finding has as text.
#include "chansan/report.h"
#include "detector/src/report/text_out.h"

namespace chansan {

std::string to_text(const Finding& finding, Color color) {
  return to_text(finding, TextOptions{color, nullptr});
}

std::string to_text(const Finding& finding, const TextOptions& options) {
  TextOut out(options);
  if (finding.id == "race") {
    race_text(out, finding);
  } else if (finding.id == "deadlock" || finding.id == "panic" ||
             finding.id == "fatal" || finding.id == "dump") {
    stuck_text(out, finding);
  } else if (finding.id == "leak") {
    leak_text(out, finding);
  } else if (finding.id == "lock-order") {
    lock_order_text(out, finding);
  } else {
    lint_text(out, finding);
  }
  return out.text();
}

}  // namespace chansan
