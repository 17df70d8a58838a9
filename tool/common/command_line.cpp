#include "tool/common/command_line.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <utility>

namespace chansan {
namespace {

class UsageFormatter : public CLI::Formatter {
 public:
  explicit UsageFormatter(std::string usage) : usage_(std::move(usage)) {}

  std::string make_usage(const CLI::App*, std::string) const override {
    return "Usage: " + usage_ + "\n";
  }

 private:
  std::string usage_;
};

const std::map<std::string, Format>& formats() {
  static const std::map<std::string, Format> formats = {
      {"text", Format::kText},
      {"json", Format::kJson},
      {"sarif", Format::kSarif},
      {"junit", Format::kJunit},
      {"github", Format::kGithub}};
  return formats;
}

// CLI11's own validator shows its map in the place of the words to choose from.
template <class Value>
CLI::Validator one_of(const std::map<std::string, Value>& values) {
  return CLI::Validator(
      [&values](std::string& word) -> std::string {
        const auto found = values.find(word);
        if (found != values.end()) {
          word = std::to_string(static_cast<int>(found->second));
          return {};
        }
        std::string choice;
        for (const auto& [name, value] : values) {
          choice += choice.empty() ? name : ", " + name;
        }
        return "'" + word + "' is none of " + choice;
      },
      "");
}

// `place` is FILE or FORMAT:FILE.
void add_output(const std::string& place, OutputOptions& options) {
  const std::size_t colon = place.find(':');
  const auto format = formats().find(place.substr(0, colon));
  if (colon == place.npos || format == formats().end()) {
    options.path = place;
  } else {
    options.also.push_back({format->second, place.substr(colon + 1)});
  }
}

}  // namespace

void add_version_option(CLI::App& app) {
  app.set_version_flag("--version", std::string("chansan ") + CHANSAN_VERSION,
                       "Print the version and exit");
}

void add_output_options(CLI::App& app, OutputOptions& options) {
  static const std::map<std::string, ColorMode> colors = {
      {"auto", ColorMode::kAuto},
      {"always", ColorMode::kAlways},
      {"never", ColorMode::kNever}};
  app.add_option("--format", options.format,
                 "Of the findings: text, json, sarif, junit or github")
      ->transform(one_of(formats()))
      ->option_text("FORMAT");
  app.add_option("--color", options.color,
                 "auto (on a terminal), always or never")
      ->transform(one_of(colors))
      ->option_text("WHEN");
  app.add_option_function<std::vector<std::string>>(
         "-o,--output",
         [&options](const std::vector<std::string>& places) {
           for (const std::string& place : places) add_output(place, options);
         },
         "Write the findings to FILE instead of standard output; FORMAT:FILE, "
         "as often as wanted, writes them there besides")
      ->allow_extra_args(false)
      ->option_text("FILE");
}

void set_usage(CLI::App& app, std::string usage) {
  app.formatter(std::make_shared<UsageFormatter>(std::move(usage)));
}

std::optional<int> parse_command_line(CLI::App& app, int argc,
                                      const char* const* argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    return 0;
  } catch (const CLI::CallForVersion& version) {
    std::printf("%s\n", version.what());
    return 0;
  } catch (const CLI::ParseError& error) {
    const std::string name = app.get_name();
    return trouble(name.substr(name.find(' ') + 1),
                   std::string(error.what()) + "\nSee " + name + " --help");
  }
  return std::nullopt;
}

int trouble(std::string_view command, std::string_view message) {
  std::string prefix = "chansan";
  if (!command.empty() && command != "chansan") {
    prefix += ' ';
    prefix += command;
  }
  std::fprintf(stderr, "%s: %.*s\n", prefix.c_str(),
               static_cast<int>(message.size()), message.data());
  return kExitTrouble;
}

int write_output(std::string_view command, const OutputOptions& options,
                 std::string_view text) {
  std::FILE* file =
      options.path.empty() ? stdout : std::fopen(options.path.c_str(), "wb");
  if (file == nullptr) {
    return trouble(
        command, "cannot write " + options.path + ": " + std::strerror(errno));
  }
  bool whole = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  whole =
      (file == stdout ? std::fflush(file) : std::fclose(file)) == 0 && whole;
  if (whole) return 0;
  const std::string where =
      options.path.empty() ? "standard output" : options.path;
  return trouble(command,
                 "cannot write " + where + ": " + std::strerror(errno));
}

Color output_color(const OutputOptions& options) {
  switch (options.color) {
    case ColorMode::kAlways:
      return Color::kAlways;
    case ColorMode::kNever:
      return Color::kNever;
    case ColorMode::kAuto:
      break;
  }
  const char* const no_color = std::getenv("NO_COLOR");
  const bool wanted = no_color == nullptr || *no_color == '\0';
  return wanted && options.path.empty() && ::isatty(STDOUT_FILENO) != 0
             ? Color::kAlways
             : Color::kNever;
}

}  // namespace chansan
