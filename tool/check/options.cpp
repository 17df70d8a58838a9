#include "tool/check/options.h"

#include <CLI/CLI.hpp>
#include <cstring>
#include <filesystem>
#include <iostream>

#include "tool/check/cache.h"
#include "tool/check/check_list.h"

namespace chansan::check {
namespace {

constexpr const char* kDescription =
    "Finds data races, deadlocks and misused channels before anything runs.\n"
    "Without FILE: every file of the compilation database.\n"
    "Exit status: 0 nothing found, 1 findings, 2 could not analyse.";

constexpr const char* kFooter =
    "chansan check -p build src/a.cpp     how a.cpp is compiled is read from\n"
    "                                     build/compile_commands.json\n"
    "chansan check a.cpp -- -Iinclude     compiled with these flags\n"
    "chansan check -p build -o sarif:chansan.sarif -o junit:chansan.xml\n"
    "                                     text here, two files besides\n"
    "docs/lint.md tells of .chansan.yaml, baselines and editors.";

constexpr const char* kDefaultBaseline = ".chansan-baseline.json";

// What is read as text and understood after the parse.
struct Words {
  std::string level;
  std::string config;
};

void add_input_options(CLI::App& app, Options& options, Words& words) {
  app.add_option("file", options.files, "Files to check")->type_name("FILE");
  app.add_option("-p,--build", options.build,
                 "Directory of compile_commands.json (default: searched)")
      ->type_name("BUILD");
  app.add_option("--level", words.level, "Least sure findings shown (likely)")
      ->check(CLI::IsMember({"certain", "likely", "maybe"}))
      ->type_name("LEVEL");
  app.add_option("--checks", options.engine.globs,
                 "Turn checks on, or off with '-' first; after .clang-tidy")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("GLOBS");
  app.add_option("--config", words.config,
                 "Instead of the nearest .chansan.yaml")
      ->type_name("FILE");
  app.add_option("-j,--jobs", options.jobs, "Files analysed at the same time")
      ->type_name("N");
}

void add_filter_options(CLI::App& app, Options& options) {
  app.add_option("--baseline", options.baseline,
                 "Findings that FILE lists are known: not shown, not counted")
      ->type_name("FILE");
  app.add_option("--write-baseline", options.write_baseline,
                 "Write what is found to FILE (.chansan-baseline.json), exit 0")
      ->expected(0, 1)
      ->default_str(kDefaultBaseline)
      ->type_name("FILE");
  app.add_option("--new-from", options.new_from,
                 "Only findings on lines that differ from the git revision REV")
      ->type_name("REV");
  app.add_option("--diff", options.diff,
                 "Only findings on lines that the diff FILE adds; -: stdin")
      ->type_name("FILE");
}

// What CMake says to a program that stands for clang-tidy.
void add_clang_tidy_options(CLI::App& app, Options& options) {
  app.add_option("--extra-arg-before", options.extra_before,
                 "An argument before those of the compiler")
      ->allow_extra_args(false)
      ->group("As clang-tidy has them");
  app.add_option("--extra-arg", options.extra_after,
                 "An argument behind those of the compiler")
      ->allow_extra_args(false)
      ->group("As clang-tidy has them");
}

// After `--` CMake gives the whole command, and the compiler's name is no
// flag; the file stands among the flags as well.
void strip_command(Options& options) {
  std::vector<std::string>& flags = options.flags;
  if (!flags.empty() && !flags.front().starts_with("-")) {
    options.compiler = flags.front();
    flags.erase(flags.begin());
  }
  for (const std::string& file : options.files) std::erase(flags, file);
  for (auto at = flags.begin(); at != flags.end();) {
    const bool output = *at == "-o" || *at == "-MF" || *at == "-MT";
    const bool alone = *at == "-c" || *at == "-MD" || *at == "-MMD";
    if (output && at + 1 != flags.end())
      at = flags.erase(at, at + 2);
    else if (alone)
      at = flags.erase(at);
    else
      ++at;
  }
  flags.insert(flags.begin(), options.extra_before.begin(),
               options.extra_before.end());
  flags.insert(flags.end(), options.extra_after.begin(),
               options.extra_after.end());
}

void add_action_options(CLI::App& app, Options& options) {
  app.add_flag("--fix", options.fix, "Write the known mends into the files");
  app.add_option("--cache-dir", options.cache_directory,
                 "Where results are kept for the next run (~/.cache/chansan)")
      ->type_name("DIR");
  app.add_flag_callback(
      "--no-cache", [&options] { options.cache = false; },
      "Keep and use nothing");
  app.add_flag("--stats", options.stats, "Say what the analysis did");
  app.add_flag("--list-checks", options.list_checks, "List the checks");
  app.add_option("--explain", options.explain, "Print the page of a check")
      ->type_name("ID");
  app.add_flag("--verify-config", options.verify_config,
               "Say what is wrong with .chansan.yaml and .clang-tidy");
}

int mistake(const std::string& text) {
  std::cerr << "chansan check: " << text << "\n";
  return kExitTrouble;
}

// `--write-baseline a.cpp`: the word is a file to check, no baseline.
void give_back_file(Options& options, bool written) {
  if (!written) return;
  std::string& name = options.write_baseline;
  if (name.empty()) name = kDefaultBaseline;
  if (name == kDefaultBaseline || name.ends_with(".json")) return;
  std::error_code error;
  if (!std::filesystem::is_regular_file(name, error)) return;
  options.files.insert(options.files.begin(), name);
  name = kDefaultBaseline;
}

// What the command line left open is as .chansan.yaml says.
int apply_config(Options& options, const Words& words) {
  std::string problem;
  options.config = read_config(words.config, problem);
  if (!problem.empty()) return mistake(problem);
  EngineSettings& engine = options.engine;
  engine.globs.insert(engine.globs.begin(), options.config.checks.begin(),
                      options.config.checks.end());
  engine.least = options.config.level.value_or(Level::kLikely);
  if (!words.level.empty()) engine.least = *level_of(words.level);
  for (const RoleEntry& entry : options.config.roles)
    engine.roles += entry.name + "=" + entry.role + ";";
  if (options.baseline.empty() && options.write_baseline.empty())
    options.baseline = options.config.baseline;
  return 0;
}

enum class Files : std::uint8_t { kNow, kLater };

int check_combination(const Options& options, Files files) {
  if (options.has_flags && options.files.empty() && files == Files::kNow)
    return mistake("flags after `--`, but no file before it");
  if (!options.new_from.empty() && !options.diff.empty())
    return mistake("--new-from and --diff say two things; leave out one");
  if (!options.write_baseline.empty() && !options.baseline.empty())
    return mistake("--baseline and --write-baseline exclude each other");
  return 0;
}

Parsed parse(int argc, const char* const* argv, Files files) {
  Parsed parsed;
  Options& options = parsed.options;
  int own = argc;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--") != 0) continue;
    own = i;
    options.has_flags = true;
    options.flags.assign(argv + i + 1, argv + argc);
    break;
  }
  options.engine.fixed_flags = options.has_flags;

  CLI::App app(kDescription,
               files == Files::kNow ? "chansan check" : "chansan lsp");
  app.footer(kFooter);
  add_version_option(app);
  Words words;
  add_input_options(app, options, words);
  add_filter_options(app, options);
  add_action_options(app, options);
  add_clang_tidy_options(app, options);
  add_output_options(app, options.output);
  if (const auto status = parse_command_line(app, own, argv)) {
    parsed.done = true;
    parsed.status = *status;
    return parsed;
  }
  if (options.cache_directory.empty())
    options.cache_directory = default_cache_directory();
  if (options.has_flags) strip_command(options);
  give_back_file(options, app.count("--write-baseline") > 0);
  parsed.status = check_combination(options, files);
  if (parsed.status == 0) parsed.status = apply_config(options, words);
  parsed.done = parsed.status != 0;
  return parsed;
}

}  // namespace

Parsed parse_options(int argc, const char* const* argv) {
  return parse(argc, argv, Files::kNow);
}

Parsed parse_server_options(int argc, const char* const* argv) {
  return parse(argc, argv, Files::kLater);
}

}  // namespace chansan::check
