// What the command lines of all commands have in common.
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chansan/report.h"

namespace CLI {
class App;
}

namespace chansan {

enum class Format : std::uint8_t { kText, kJson, kSarif, kJunit, kGithub };
enum class ColorMode : std::uint8_t { kAuto, kAlways, kNever };

/// A file that gets the findings in a format of its own.
struct OutputFile {
  Format format = Format::kText;
  std::string path;
};

/// Where the findings go, and how: --format, --color, -o.
struct OutputOptions {
  Format format = Format::kText;
  ColorMode color = ColorMode::kAuto;
  std::string path;              // empty: standard output
  std::vector<OutputFile> also;  // besides, from -o FORMAT:FILE
};

/// Exit status of a command that could not do what it was asked to.
inline constexpr int kExitTrouble = 2;

/// Adds --version to `app`, whose --help is there already.
void add_version_option(CLI::App& app);

/// Adds --format, --color and -o to `app`. `options` must outlive the parse.
void add_output_options(CLI::App& app, OutputOptions& options);

/// Makes `usage` the first line of `app`'s help.
void set_usage(CLI::App& app, std::string usage);

/// Parses. Returns the exit status if the command is done: 0 after --help and
/// --version, 2 after a mistake, which has been explained on standard error.
std::optional<int> parse_command_line(CLI::App& app, int argc,
                                      const char* const* argv);

/// Says on standard error what went wrong in `command`. Returns 2.
int trouble(std::string_view command, std::string_view message);

/// Writes `text` to where `options` say. Returns 0, or 2 after saying why it
/// could not be written.
int write_output(std::string_view command, const OutputOptions& options,
                 std::string_view text);

/// Whether what goes to `options`' place is to be coloured.
Color output_color(const OutputOptions& options);

}  // namespace chansan
