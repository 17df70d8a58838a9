#include "tool/common/output.h"

#include "tool/common/ci_text.h"

namespace chansan {

std::vector<Finding> shown(const std::vector<Finding>& findings) {
  std::vector<Finding> rest;
  for (const Finding& finding : findings)
    if (finding.suppressed.empty()) rest.push_back(finding);
  return rest;
}

std::string render(const Report& report, Format format, Color color) {
  SourceFiles sources;
  switch (format) {
    case Format::kText:
      return report.text(color);
    case Format::kJson:
      return to_json(shown(report.findings), report.run.summary);
    case Format::kSarif:
      return to_sarif(report.findings, report.run, sources);
    case Format::kJunit:
      return to_junit(report.findings, report.run);
    case Format::kGithub:
      return to_github(report.findings);
  }
  return "";
}

int write_report(std::string_view command, const OutputOptions& options,
                 const Report& report) {
  int status = 0;
  for (const OutputFile& file : options.also) {
    OutputOptions to = options;
    to.path = file.path == "-" ? "" : file.path;
    const Color color = output_color(to);
    if (const int failed =
            write_output(command, to, render(report, file.format, color)))
      status = failed;
  }
  const std::string text =
      render(report, options.format, output_color(options));
  if (const int failed = write_output(command, options, text)) status = failed;
  return status;
}

}  // namespace chansan
