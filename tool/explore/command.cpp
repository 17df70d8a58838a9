#include "tool/explore/command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "tool/common/command_line.h"
#include "tool/common/output.h"
#include "tool/common/process.h"
#include "tool/common/scratch.h"
#include "tool/common/source_files.h"
#include "tool/explain/story.h"
#include "tool/explore/explorer.h"
#include "tool/explore/token.h"

namespace chansan {
namespace {

constexpr int kExitFailed = 1;

// Takes the program and its arguments from behind `--`.
std::vector<std::string> program_of(const CLI::App& app) {
  std::vector<std::string> program = app.remaining();
  if (!program.empty() && program.front() == "--") {
    program.erase(program.begin());
  }
  return program;
}

std::string end_text(const SeedRun& run, const Plan& plan) {
  if (run.timed_out) {
    return "no end within " + std::to_string(plan.limit.count()) + " s";
  }
  if (run.ended.signal != 0) {
    const char* const name = sigabbrev_np(run.ended.signal);
    return name ? "SIG" + std::string(name)
                : "signal " + std::to_string(run.ended.signal);
  }
  return "exit status " + std::to_string(run.ended.status);
}

// Findings that say how to see them again; a failure without one becomes one.
std::vector<Finding> findings_of(const Failure& failure, const Plan& plan,
                                 const std::string& again) {
  std::vector<Finding> findings = failure.run.document.findings;
  if (findings.empty()) {
    Finding finding;
    finding.id = "fatal";
    finding.message = "the program ended with " + end_text(failure.run, plan) +
                      " under seed " + std::to_string(failure.run.seed);
    findings.push_back(std::move(finding));
  }
  for (Finding& finding : findings) {
    finding.reproduce = again;
    finding.count = failure.count;
  }
  return findings;
}

std::string seconds(std::chrono::steady_clock::duration duration) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s",
                std::chrono::duration<double>(duration).count());
  return text;
}

std::string counted(std::uint64_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

// One line on a terminal that says how far we are, in a run of some length.
class ProgressLine {
 public:
  explicit ProgressLine(std::uint64_t total) : total_(total) {}
  ~ProgressLine() {
    if (shown_) std::fputs("\r\033[K", stderr);
  }
  void advance(std::uint64_t done) {
    constexpr std::chrono::seconds kQuiet(2);
    if (!terminal_ || std::chrono::steady_clock::now() - start_ < kQuiet) {
      return;
    }
    shown_ = true;
    std::fprintf(stderr, "\r\033[K[%llu/%llu] schedules",
                 static_cast<unsigned long long>(done),
                 static_cast<unsigned long long>(total_));
  }

 private:
  const std::uint64_t total_;
  const bool terminal_ = isatty(STDERR_FILENO) == 1;
  const std::chrono::steady_clock::time_point start_ =
      std::chrono::steady_clock::now();
  bool shown_ = false;
};

struct Request {
  Plan plan;
  OutputOptions output;
  std::string shard = "1/1";
  unsigned time_s = 0;
  unsigned limit_s = 60;
};

// "2/4": the second of four.
bool read_shard(Request& request) {
  unsigned long index = 0;
  unsigned long count = 0;
  char rest = 0;
  if (std::sscanf(request.shard.c_str(), "%lu/%lu%c", &index, &count, &rest) !=
          2 ||
      index < 1 || index > count) {
    return false;
  }
  request.plan.shard = index - 1;
  request.plan.shards = count;
  return true;
}

void add_options(CLI::App& app, Request& request) {
  Plan& plan = request.plan;
  plan.jobs = std::max(std::thread::hardware_concurrency(), 1u);
  app.add_option("--seeds", plan.seeds, "How many schedules (1000)")
      ->option_text("N");
  app.add_option("--first-seed", plan.first_seed, "Where to begin (1)")
      ->option_text("N");
  app.add_option("--time", request.time_s, "Stop after so many seconds")
      ->option_text("SECONDS");
  app.add_option("--timeout", request.limit_s,
                 "A run that takes longer has failed (60)")
      ->option_text("SECONDS");
  app.add_option("-j,--jobs", plan.jobs, "Runs at a time (all processors)")
      ->option_text("N");
  app.add_flag("--keep-going", plan.keep_going,
               "After a failure, collect the others");
  app.add_option("--shard", request.shard,
                 "Only the I-th of N parts, for several machines")
      ->option_text("I/N");
  add_output_options(app, request.output);
  add_version_option(app);
}

int report(const Request& request, const Exploration& exploration) {
  const Plan& plan = request.plan;
  const std::uint32_t hash = program_hash(plan.command.front());
  Report report;
  std::string text;
  for (const Failure& failure : exploration.failures) {
    const std::string token = to_text(Token{failure.run.seed, hash});
    const std::string again =
        "chansan replay " + token + " -- " + shell_line(plan.command);
    Document part;
    part.findings = findings_of(failure, plan, again);
    SourceFiles sources;
    if (!text.empty()) text += "\n";
    text += "seed " + std::to_string(failure.run.seed) + ": " +
            end_text(failure.run, plan) + "\n";
    text += tell(part, {Color::kNever, [&](const Location& location) {
                          return sources.line(location);
                        }});
    text += "Token: " + token + "\n";
    report.findings.insert(report.findings.end(), part.findings.begin(),
                           part.findings.end());
  }
  if (exploration.failures.empty()) text = "No findings.\n";
  report.run.summary.tool = "explore";
  report.run.summary.program = shell_line(plan.command);
  report.run.rules.assign(run_rules().begin(), run_rules().end());
  report.text = [&](Color) { return text; };
  return write_report("explore", request.output, report);
}

int run(Request& request) {
  const auto scratch = Scratch::make();
  if (!scratch || scratch->path().find(':') != std::string::npos) {
    return trouble("explore",
                   "cannot make a temporary directory whose name has no "
                   "colon; set TMPDIR to another place");
  }
  const auto start = std::chrono::steady_clock::now();
  Exploration exploration;
  {
    ProgressLine line(request.plan.seeds / request.plan.shards);
    exploration = explore(request.plan, scratch->path(),
                          [&](std::uint64_t done) { line.advance(done); });
  }
  if (exploration.error) {
    return trouble("explore", "cannot run '" + request.plan.command.front() +
                                  "': " + exploration.error.message());
  }
  if (const int status = report(request, exploration)) return status;
  std::uint64_t failed = 0;
  for (const Failure& failure : exploration.failures) failed += failure.count;
  std::fprintf(stderr, "explored %s in %s: %s\n",
               counted(exploration.schedules, "schedule").c_str(),
               seconds(std::chrono::steady_clock::now() - start).c_str(),
               failed == 0 ? "none failed"
                           : (std::to_string(failed) + " failed").c_str());
  return failed == 0 ? 0 : kExitFailed;
}

}  // namespace

int explore_command(int argc, const char* const* argv) {
  CLI::App app("Run a program under many schedules, each fixed by a seed",
               "chansan explore");
  set_usage(app, "chansan explore [OPTION...] -- PROGRAM ARG...");
  app.prefix_command();
  app.footer(
      "\nA run fails if it reports something, ends by a signal or with a "
      "status that is\nnot 0. Exit status: 0 none failed, 1 one failed, 2 it "
      "could not be run.");
  Request request;
  add_options(app, request);
  if (const auto status = parse_command_line(app, argc, argv)) return *status;
  request.plan.command = program_of(app);
  if (request.plan.command.empty()) {
    return trouble("explore", "which program?\nSee chansan explore --help");
  }
  if (request.plan.command.front().starts_with('-')) {
    return trouble("explore", "no option '" + request.plan.command.front() +
                                  "'\nSee chansan explore --help");
  }
  if (!read_shard(request)) {
    return trouble("explore", "--shard is I/N, with I from 1 to N");
  }
  request.plan.limit = std::chrono::seconds(request.limit_s);
  if (request.time_s != 0) {
    request.plan.time = std::chrono::seconds(request.time_s);
  }
  return run(request);
}

int replay_command(int argc, const char* const* argv) {
  CLI::App app("Run a program under the one schedule that a token names",
               "chansan replay");
  set_usage(app, "chansan replay TOKEN -- PROGRAM ARG...");
  app.prefix_command();
  app.footer(
      "\nTOKEN is what chansan explore printed, or a seed. The exit status is "
      "the program's.");
  std::string text;
  app.add_option("TOKEN", text, "The schedule")->required();
  add_version_option(app);
  if (const auto status = parse_command_line(app, argc, argv)) return *status;
  const auto token = parse_token(text);
  if (!token) {
    return trouble("replay", "'" + text +
                                 "' is no token; chansan explore prints one "
                                 "for each failure, such as c1.17.0123abcd");
  }
  const std::vector<std::string> program = program_of(app);
  if (program.empty()) {
    return trouble("replay", "which program?\nSee chansan replay --help");
  }
  if (token->program != 0 && token->program != program_hash(program.front())) {
    trouble("replay",
            "this is not the build that was explored: its schedules may "
            "differ");
  }
  ::setenv("CHANSAN_OPTIONS", options_with_seed(token->seed).c_str(), 1);
  const std::error_code error = become(program);
  return trouble("replay",
                 "cannot run '" + program.front() + "': " + error.message());
}

}  // namespace chansan
