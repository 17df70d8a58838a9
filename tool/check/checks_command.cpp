// `chansan checks`: what there is to check.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "tool/check/check_list.h"
#include "tool/check/checks_command.h"
#include "tool/check/command.h"
#include "tool/check/pages.h"
#include "tool/common/output.h"

namespace chansan {
namespace {

// The list as JSON: what an editor or a build system asks.
std::string list_json() {
  const auto quoted = [](std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + "\"";
  };
  std::string text =
      "{\"format\":\"chansan-checks\",\"version\":1,\"checks\":[";
  std::string separator = "\n";
  for (const auto& info : check::all_checks()) {
    text += separator + "{\"id\":" + quoted(info.id) +
            ",\"level\":" + quoted(check::level_name(info.level)) +
            ",\"summary\":" + quoted(info.summary) + "}";
    separator = ",\n";
  }
  return text + "]}\n";
}

// The list without findings, as the formats that describe kinds have it.
std::string list_as(Format format) {
  Report report;
  report.run.summary.tool = "checks";
  report.run.rules = check::check_rules();
  return render(report, format, Color::kNever);
}

std::string list_in(const OutputOptions& output, Format format) {
  switch (format) {
    case Format::kText:
      return check::list_text(output_color(output));
    case Format::kJson:
      return list_json();
    case Format::kSarif:
    case Format::kJunit:
    case Format::kGithub:
      break;
  }
  return list_as(format);
}

}  // namespace

namespace check {

std::string list_text(Color color) {
  std::size_t width = 0;
  for (const CheckInfo& info : all_checks())
    width = std::max(width, info.id.size());
  std::string text;
  for (const CheckInfo& info : all_checks()) {
    const std::string_view level = level_name(info.level);
    const std::string name = "chansan-" + std::string(info.id);
    text += color == Color::kAlways ? "\033[1m" + name + "\033[0m" : name;
    text += std::string(width - info.id.size() + 2, ' ') + std::string(level) +
            std::string(9 - level.size(), ' ') + std::string(info.summary) +
            "\n";
  }
  return text;
}

int print_page(std::string_view command, const std::string& id,
               const OutputOptions& output) {
  const auto info = find_check(id);
  if (!info)
    return trouble(command,
                   "no check '" + id + "'; `chansan checks` lists them");
  const auto page = page_of(info->id);
  if (!page)
    return trouble(
        command, "the page of " + std::string(info->id) + " is not installed");
  return write_output(command, output, *page);
}

}  // namespace check

int checks_command(int argc, const char* const* argv) {
  CLI::App app("The list of checks, or one check's page", "chansan checks");
  set_usage(app, "chansan checks [OPTION...] [ID]");
  OutputOptions output;
  std::string id;
  app.add_option("ID", id, "Of a check, with or without `chansan-`");
  add_output_options(app, output);
  add_version_option(app);
  if (const auto status = parse_command_line(app, argc, argv)) return *status;
  if (!id.empty()) return check::print_page("checks", id, output);
  int status = write_output("checks", output, list_in(output, output.format));
  for (const OutputFile& file : output.also) {
    OutputOptions to = output;
    to.path = file.path;
    if (const int failed = write_output("checks", to, list_in(to, file.format)))
      status = failed;
  }
  return status;
}

}  // namespace chansan
