// What a command found, written in every format that was asked for.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "chansan/report.h"
#include "tool/common/command_line.h"
#include "tool/common/rule.h"
#include "tool/common/sarif.h"

namespace chansan {

struct Report {
  std::vector<Finding> findings;
  SarifRun run;
  // The text form, which each command has for itself.
  std::function<std::string(Color)> text;
};

/// Those that nothing silences.
std::vector<Finding> shown(const std::vector<Finding>& findings);

/// The report in `format`.
std::string render(const Report& report, Format format, Color color);

/// Writes the report to where `options` say. Returns 0, or 2 after saying on
/// standard error what could not be written.
int write_report(std::string_view command, const OutputOptions& options,
                 const Report& report);

}  // namespace chansan
