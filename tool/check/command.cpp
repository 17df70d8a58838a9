#include "tool/check/command.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <tuple>

#include "chansan/report.h"
#include "tool/check/apply_fixes.h"
#include "tool/check/baseline.h"
#include "tool/check/changed_lines.h"
#include "tool/check/checks_command.h"
#include "tool/check/inputs.h"
#include "tool/check/line_table.h"
#include "tool/check/pages.h"
#include "tool/check/run_analysis.h"
#include "tool/check/statistics.h"
#include "tool/check/verify_config.h"
#include "tool/common/output.h"

namespace chansan {
namespace {

using check::Database;
using check::FileResult;
using check::Options;

constexpr int kClean = 0;
constexpr int kFindings = 1;

int fail(const std::string& problem) { return trouble("check", problem); }

// A defect in a header is found once for each file that includes it.
std::vector<Finding> merge(std::vector<FileResult>& results) {
  std::vector<Finding> findings;
  std::set<std::tuple<std::string, std::string, std::uint32_t, std::uint32_t>>
      seen;
  for (FileResult& result : results)
    for (Finding& finding : result.findings) {
      const Location& at = finding.location;
      if (seen.emplace(finding.id, at.file, at.line, at.column).second)
        findings.push_back(std::move(finding));
    }
  const auto place = [](const Finding& finding) {
    const Location& at = finding.location;
    return std::tie(at.file, at.line, at.column, finding.id);
  };
  std::ranges::sort(findings, {}, place);
  return findings;
}

// What is left out because the lines it is on were not changed.
std::size_t drop_unchanged(const Options& options,
                           std::vector<Finding>& findings,
                           std::string& problem) {
  if (options.new_from.empty() && options.diff.empty()) return 0;
  check::ChangedLines changed;
  if (!options.new_from.empty()) {
    changed = check::ChangedLines::since(options.new_from, problem);
  } else {
    std::ifstream file;
    if (options.diff != "-") file.open(options.diff);
    std::istream& in = options.diff == "-" ? std::cin : file;
    if (!in) problem = options.diff + ": cannot be read";
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    changed = check::ChangedLines::parse(text, check::source_root());
  }
  return std::erase_if(findings, [&](const Finding& finding) {
    return !changed.touches(finding);
  });
}

std::string counted(std::size_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

// How many findings something silences, for the closing line.
struct Silenced {
  std::size_t nolint = 0;
  std::size_t baseline = 0;
  std::size_t unchanged = 0;
};

std::string closing_line(std::size_t findings, std::size_t files,
                         const Silenced& silenced) {
  std::string text =
      counted(findings, "finding") + " in " + counted(files, "file");
  if (silenced.nolint)
    text += ", " + std::to_string(silenced.nolint) + " silenced by NOLINT";
  if (silenced.baseline)
    text += ", " + std::to_string(silenced.baseline) + " in the baseline";
  if (silenced.unchanged)
    text += ", " + std::to_string(silenced.unchanged) + " on unchanged lines";
  return text;
}

// Says which files could not be analysed, and why.
std::vector<std::string> say_problems(const std::vector<FileResult>& results,
                                      const std::vector<std::string>& files) {
  std::vector<std::string> problems;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (results[i].errors.empty()) continue;
    for (const std::string& error : results[i].errors)
      std::cerr << error << "\n";
    problems.push_back(files[i] +
                       ": not analysed, because it does not compile");
    fail(problems.back());
  }
  return problems;
}

Report report_of(std::vector<Finding> findings,
                 const std::vector<std::string>& files) {
  Report report;
  report.findings = std::move(findings);
  report.run.summary.tool = "check";
  report.run.rules = check::check_rules();
  for (const std::string& file : files)
    report.run.files.push_back(check::relative_name(file));
  report.text = [found = shown(report.findings)](Color color) {
    SourceFiles sources;
    const TextOptions options{
        color, [&](const Location& at) { return sources.line(at); }};
    std::string text;
    for (const Finding& finding : found) text += to_text(finding, options);
    return text;
  };
  return report;
}

// Everything after the analysis. `broken`: some file was not analysed.
int conclude(const Options& options, const std::vector<std::string>& files,
             std::vector<FileResult>& results) {
  Silenced silenced;
  for (const FileResult& result : results) silenced.nolint += result.silenced;
  std::vector<Finding> findings = merge(results);
  std::string problem;
  silenced.unchanged = drop_unchanged(options, findings, problem);
  if (!problem.empty()) return fail(problem);
  SourceFiles sources;
  if (!options.baseline.empty())
    problem = check::apply_baseline(options.baseline, findings, sources);
  if (!problem.empty()) return fail(problem);
  if (!options.write_baseline.empty() &&
      !check::write_baseline(options.write_baseline, shown(findings), sources))
    return fail("cannot write " + options.write_baseline);
  if (options.fix)
    fail(counted(check::apply_fixes(findings), "finding") + " mended");
  const std::size_t left = shown(findings).size();
  for (const Finding& finding : findings)
    silenced.baseline += finding.suppressed == "baseline";

  Report report = report_of(std::move(findings), files);
  report.run.problems = say_problems(results, files);
  report.run.summary.text = closing_line(left, files.size(), silenced);
  if (const int status = write_report("check", options.output, report))
    return status;
  if (options.stats) check::print_statistics(std::cerr);
  if (!report.run.problems.empty()) return kExitTrouble;
  fail(report.run.summary.text);
  return left == 0 || !options.write_baseline.empty() ? kClean : kFindings;
}

int run(const Options& options) {
  std::string problem;
  const Database database = options.has_flags
                                ? check::fixed_database(options.flags)
                                : check::open_database(options.build, problem);
  if (!database.commands) return fail(problem);
  const std::vector<std::string> files =
      choose_files(options, database, problem);
  if (!problem.empty()) return fail(problem);
  if (check::enabled_checks(files.front(), options.engine).empty())
    return fail("no check is enabled; `--list-checks` shows their names");
  say_ignored_flags(database, files);
  std::vector<FileResult> results =
      check::run_analysis(options, database, files);
  return conclude(options, files, results);
}

}  // namespace

int check_command(int argc, const char* const* argv) {
  const check::Parsed parsed = check::parse_options(argc, argv);
  if (parsed.done) return parsed.status;
  const Options& options = parsed.options;
  if (options.list_checks)
    return write_output("check", options.output,
                        check::list_text(output_color(options.output)));
  if (!options.explain.empty())
    return check::print_page("check", options.explain, options.output);
  if (options.verify_config) return check::verify_config(options);
  return run(options);
}

}  // namespace chansan
