// `chansan run`: runs a program and brings its reports together.
//
// An instrumented program writes its findings as JSON into a directory of
// ours; what the runtime of any channel program says when it dies is read
// from its standard error.
#include "tool/run/command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "tool/common/command_line.h"
#include "tool/common/output.h"
#include "tool/common/process.h"
#include "tool/common/scratch.h"
#include "tool/run/child.h"
#include "tool/run/collect.h"

namespace chansan {
namespace {

constexpr char kOptionsVariable[] = "CHANSAN_OPTIONS";
constexpr int kExitRace = 66;

struct Request {
  OutputOptions output;
  std::vector<std::string> program;  // and its arguments
};

std::string user_options() {
  const char* const value = std::getenv(kOptionsVariable);
  return value == nullptr ? "" : value;
}

bool names_option(const std::string& options, std::string_view name) {
  return (":" + options).find(":" + std::string(name) + "=") !=
         std::string::npos;
}

// A report is of the text form and has no file: then what the runtime prints
// on standard error is there for the reader already.
bool is_plain(const OutputOptions& output) {
  return output.format == Format::kText && output.path.empty() &&
         output.also.empty();
}

bool is_race(const Finding& finding) { return finding.id == "race"; }

// Tells the program to report into `directory`.
void ask_for_reports(const std::string& directory) {
  std::string options = user_options();
  if (!options.empty()) options += ':';
  options += "format=json:log_path=" + directory + "/report";
  ::setenv(kOptionsVariable, options.c_str(), 1);
}

std::string text_of(const Document& document, const OutputOptions& output,
                    Color color) {
  std::string text;
  for (const Finding& finding : document.findings) {
    if (is_plain(output) && !is_race(finding)) continue;
    text += to_text(finding, color);
  }
  if (!document.summary.text.empty()) text += document.summary.text + "\n";
  return text;
}

// The status of the program unless it ended well in spite of a race, which a
// program whose own exitcode option says otherwise may.
Ended final_end(const Document& document, Ended ended) {
  const bool race =
      std::any_of(document.findings.begin(), document.findings.end(), is_race);
  const bool well = ended.signal == 0 && ended.status == 0;
  if (race && well && !names_option(user_options(), "exitcode")) {
    ended.status = kExitRace;
  }
  return ended;
}

Report run_report(const Document& document, const Request& request) {
  Report report;
  report.findings = document.findings;
  report.run.summary = document.summary;
  report.run.rules.assign(run_rules().begin(), run_rules().end());
  report.text = [&](Color color) {
    return text_of(document, request.output, color);
  };
  return report;
}

// Runs the program and writes what it reported; `ended` is how to end.
int run_collecting(const Request& request, Ended& ended) {
  const auto scratch = Scratch::make();
  if (!scratch || scratch->path().find(':') != std::string::npos) {
    return trouble("run",
                   "cannot make a temporary directory whose name has no "
                   "colon; set TMPDIR to another place");
  }
  const bool plain = is_plain(request.output);
  ask_for_reports(scratch->path());
  ChildResult result;
  if (const auto error = run_child(
          request.program, plain ? Errors::kOurs : Errors::kCopied, result)) {
    return trouble("run", "cannot run '" + request.program.front() +
                              "': " + error.message());
  }
  std::vector<std::string> problems;
  Document document = collect_reports(scratch->path(), problems);
  for (const std::string& problem : problems) trouble("run", problem);
  document.summary.program = shell_line(request.program);
  // Only a program that died has told of its end; another may have printed
  // somebody else's dump.
  if (result.ended.signal != 0 || result.ended.status == 2) {
    add_dumps(document, result.errors);
  }
  ended = final_end(document, result.ended);
  return write_report("run", request.output, run_report(document, request));
}

std::optional<int> parse_request(int argc, const char* const* argv,
                                 Request& request) {
  CLI::App app("Run a program and collect its reports", "chansan run");
  set_usage(app, "chansan run [OPTION...] -- PROGRAM ARG...");
  app.prefix_command();
  app.footer(
      "\nRace reports are printed when the program has ended; what its "
      "runtime says\nabout a deadlock or panic stands on standard error, and "
      "with --format=json or\n-o among the findings too. The exit status is "
      "the program's, 66 if a race was\nreported and its own was 0, 2 if it "
      "could not be run.");
  add_output_options(app, request.output);
  add_version_option(app);
  if (const auto status = parse_command_line(app, argc, argv)) return status;
  request.program = app.remaining();
  if (!request.program.empty() && request.program.front() == "--") {
    request.program.erase(request.program.begin());
  } else if (!request.program.empty() &&
             request.program.front().starts_with('-')) {
    return trouble("run", "no option '" + request.program.front() +
                              "'\nSee chansan run --help");
  }
  if (request.program.empty()) {
    return trouble("run", "which program?\nSee chansan run --help");
  }
  return std::nullopt;
}

}  // namespace

int run_command(int argc, const char* const* argv) {
  Request request;
  if (const auto status = parse_request(argc, argv, request)) return *status;
  const std::string options = user_options();
  if (names_option(options, "log_path") || names_option(options, "format")) {
    // The user has said where reports go.
    if (is_plain(request.output)) {
      const std::error_code error = become(request.program);
      return trouble("run", "cannot run '" + request.program.front() +
                                "': " + error.message());
    }
    return trouble("run",
                   "CHANSAN_OPTIONS sets log_path or format, which --format "
                   "and -o set themselves; leave out one or the other");
  }
  Ended ended;
  if (const int status = run_collecting(request, ended)) return status;
  return end_alike(ended);
}

}  // namespace chansan
