#include "tool/check/options.h"

#include <CLI/CLI.hpp>
#include <cstring>
#include <iostream>

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
    "chansan check a.cpp -- -Iinclude     compiled with these flags";

void add_options(CLI::App& app, Options& options, std::string& level) {
  app.add_option("file", options.files, "Files to check")->type_name("FILE");
  app.add_option("-p,--build", options.build,
                 "Directory of compile_commands.json (default: searched)")
      ->type_name("BUILD");
  app.add_option("--format", options.format, "text or json")
      ->check([](const std::string& format) {
        if (format == "text" || format == "json") return std::string();
        if (format == "sarif")
          return std::string(
              "sarif is not available from `check` yet; use "
              "--format=json");
        return "unknown format '" + format + "'; known: text, json";
      })
      ->type_name("FORMAT");
  app.add_option("--color", options.color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN");
  app.add_option("-o,--output", options.output, "Write the findings to FILE")
      ->type_name("FILE");
  app.add_option("--level", level, "Least sure findings shown (likely)")
      ->check(CLI::IsMember({"certain", "likely", "maybe"}))
      ->type_name("LEVEL");
  app.add_option("--checks", options.engine.globs,
                 "Turn checks on, or off with '-' first; after .clang-tidy")
      ->delimiter(',')
      ->type_name("GLOBS");
  app.add_option("-j,--jobs", options.jobs, "Files analysed at the same time")
      ->type_name("N");
  app.add_flag("--stats", options.stats, "Say what the analysis did");
  app.add_flag("--list-checks", options.list_checks, "List the checks");
}

}  // namespace

Parsed parse_options(int argc, const char* const* argv) {
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

  CLI::App app(kDescription, "chansan check");
  app.footer(kFooter);
  app.set_version_flag("--version", "chansan check " CHANSAN_VERSION
                                    " (Clang " CHANSAN_CLANG_VERSION ")");
  std::string level = "likely";
  add_options(app, options, level);
  try {
    app.parse(own, argv);
  } catch (const CLI::ParseError& error) {
    parsed.done = true;
    parsed.status = app.exit(error, std::cout, std::cerr) == 0 ? 0 : 2;
    return parsed;
  }
  options.engine.least = *level_of(level);
  if (options.has_flags && options.files.empty()) {
    std::cerr << "chansan check: flags after `--`, but no file before it\n";
    parsed = {.options = {}, .done = true, .status = 2};
  }
  return parsed;
}

}  // namespace chansan::check
