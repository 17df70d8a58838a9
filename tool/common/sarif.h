// Findings as SARIF 2.1.0, which code-scanning services and editors read.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "chansan/finding.h"
#include "chansan/report.h"
#include "tool/common/rule.h"
#include "tool/common/source_files.h"

namespace chansan {

/// What a SARIF log says besides its findings.
struct SarifRun {
  std::vector<Rule> rules;            // every kind that could be found
  std::vector<std::string> files;     // looked at
  std::vector<std::string> problems;  // why something was not looked at
  Summary summary;
};

/// One log with one run.
std::string to_sarif(std::span<const Finding> findings, const SarifRun& run,
                     SourceFiles& sources);

}  // namespace chansan
