#include "tool/check/command.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <thread>
#include <tuple>

#include "chansan/report.h"
#include "tool/check/check_list.h"
#include "tool/check/database.h"
#include "tool/check/engine.h"
#include "tool/check/options.h"
#include "tool/check/progress.h"
#include "tool/check/statistics.h"

namespace chansan {
namespace {

namespace fs = std::filesystem;
using check::Database;
using check::FileResult;
using check::Options;

constexpr int kClean = 0;
constexpr int kFindings = 1;
constexpr int kFailed = 2;

int fail(const std::string& problem) {
  std::cerr << "chansan check: " << problem << "\n";
  return kFailed;
}

bool is_assembler(const std::string& file) {
  const std::string extension = fs::path(file).extension();
  return extension == ".s" || extension == ".S" || extension == ".asm";
}

// The files to analyse; `problem` says what is wrong with them.
std::vector<std::string> choose_files(const Options& options,
                                      const Database& database,
                                      std::string& problem) {
  std::vector<std::string> files;
  if (options.files.empty()) {
    files = database.commands->getAllFiles();
    std::erase_if(files, is_assembler);
    std::ranges::sort(files);
    const auto last = std::ranges::unique(files);
    files.erase(last.begin(), last.end());
    if (files.empty()) problem = database.path + ": lists no files";
    return files;
  }
  std::error_code error;
  for (const std::string& file : options.files) {
    const std::string path = fs::absolute(file, error).lexically_normal();
    if (!fs::is_regular_file(path, error)) {
      problem = file + ": no such file";
    } else if (database.commands->getCompileCommands(path).empty()) {
      problem = file + ": not in " + database.path +
                "; add it to the build, or give the compiler's flags after "
                "`--`";
    }
    files.push_back(path);
  }
  return files;
}

void say_ignored_flags(const Database& database,
                       const std::vector<std::string>& files) {
  std::set<std::string> ignored;
  for (const std::string& file : files)
    for (const auto& command : database.commands->getCompileCommands(file))
      for (std::string& flag : check::unknown_gcc_flags(command.CommandLine))
        ignored.insert(std::move(flag));
  if (ignored.empty()) return;
  std::cerr << "chansan check: ignored flags that only GCC knows:";
  for (const std::string& flag : ignored) std::cerr << " " << flag;
  std::cerr << "\n";
}

// Results stand in the order of the files, however they were scheduled.
std::vector<FileResult> analyse_all(const Options& options,
                                    const Database& database,
                                    const std::vector<std::string>& files) {
  std::vector<FileResult> results(files.size());
  check::Progress progress(files.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < files.size(); i = next++) {
      results[i] = check::analyse(database, files[i], options.engine);
      progress.advance(files[i]);
    }
  };
  const std::size_t wanted =
      options.jobs ? options.jobs : std::thread::hardware_concurrency();
  const std::size_t threads = std::clamp<std::size_t>(wanted, 1, files.size());
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  return results;
}

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
  return findings;
}

std::string closing_line(std::size_t findings, std::size_t files,
                         std::uint32_t silenced) {
  const auto count = [](std::size_t n, const std::string& noun) {
    return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
  };
  std::string text = count(findings, "finding") + " in " + count(files, "file");
  if (silenced) text += ", " + std::to_string(silenced) + " silenced by NOLINT";
  return text;
}

bool use_color(const Options& options) {
  if (options.color == "always") return true;
  if (options.color == "never" || !options.output.empty()) return false;
  return isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
}

bool print(const Options& options, const std::vector<Finding>& findings,
           const std::string& closing) {
  std::ofstream file;
  if (!options.output.empty()) file.open(options.output);
  std::ostream& out = options.output.empty() ? std::cout : file;
  if (options.format == "json") {
    Summary summary;
    summary.tool = "check";
    summary.text = closing;
    out << to_json(findings, summary) << "\n";
  } else {
    const Color color = use_color(options) ? Color::kAlways : Color::kNever;
    for (const Finding& finding : findings) out << to_text(finding, color);
  }
  out.flush();
  return static_cast<bool>(out);
}

int list_checks() {
  std::size_t width = 0;
  for (const auto& info : check::all_checks())
    width = std::max(width, info.id.size());
  for (const auto& info : check::all_checks()) {
    const std::string_view level = check::level_name(info.level);
    std::cout << "chansan-" << info.id
              << std::string(width - info.id.size() + 2, ' ') << level
              << std::string(9 - level.size(), ' ') << info.summary << "\n";
  }
  return kClean;
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

  std::vector<FileResult> results = analyse_all(options, database, files);
  std::vector<Finding> findings = merge(results);
  std::uint32_t silenced = 0;
  std::size_t broken = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    silenced += results[i].silenced;
    if (results[i].errors.empty()) continue;
    ++broken;
    for (const std::string& error : results[i].errors)
      std::cerr << error << "\n";
    std::cerr << "chansan check: " << files[i]
              << ": not analysed, because it does not compile\n";
  }
  const std::string closing =
      closing_line(findings.size(), files.size(), silenced);
  if (!print(options, findings, closing))
    return fail("cannot write the findings" +
                (options.output.empty() ? "" : " to " + options.output));
  if (options.stats) check::print_statistics(std::cerr);
  if (broken) return kFailed;
  std::cerr << "chansan check: " << closing << "\n";
  return findings.empty() ? kClean : kFindings;
}

// The page of a check: beside the installed tool, else where it was built.
std::string page_of(std::string_view id) {
  std::error_code error;
  const fs::path tool = fs::read_symlink("/proc/self/exe", error);
  for (const fs::path& directory :
       {(tool.parent_path() / CHANSAN_RELATIVE_CHECK_DOCS_DIR)
            .lexically_normal(),
        fs::path(CHANSAN_CHECK_DOCS_DIR)}) {
    const fs::path page = directory / (std::string(id) + ".md");
    if (fs::exists(page, error)) return page;
  }
  return {};
}

}  // namespace

int check_command(int argc, const char* const* argv) {
  const check::Parsed parsed = check::parse_options(argc, argv);
  if (parsed.done) return parsed.status;
  return parsed.options.list_checks ? list_checks() : run(parsed.options);
}

int checks_command(int argc, const char* const* argv) {
  const std::string argument = argc > 1 ? argv[1] : "";
  if (argument == "--help") {
    std::cout << "chansan checks [ID]: the list of checks, or one check's "
                 "page\n";
    return kClean;
  }
  if (argc > 2 || argument.starts_with("-")) {
    std::cerr << "chansan checks: at most one check's id is expected\n";
    return kFailed;
  }
  if (argument.empty()) return list_checks();
  const auto info = check::find_check(argument);
  if (!info) {
    std::cerr << "chansan checks: no check '" << argument
              << "'; `chansan checks` lists them\n";
    return kFailed;
  }
  std::ifstream page(page_of(info->id));
  if (!page) {
    std::cerr << "chansan checks: the page of " << info->id
              << " is not installed\n";
    return kFailed;
  }
  std::cout << page.rdbuf();
  return kClean;
}

}  // namespace chansan
