// `chansan explain`: a report or a goroutine dump, for a person.
#include "tool/explain/command.h"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>

#include "tool/common/command_line.h"
#include "tool/explain/dump_reader.h"
#include "tool/explain/findings_reader.h"
#include "tool/explain/page.h"
#include "tool/explain/post_mortem.h"
#include "tool/explain/process_image.h"
#include "tool/explain/source_files.h"
#include "tool/explain/story.h"

namespace chansan {
namespace {

// The contents of `path`, or of standard input if it is `-`.
std::optional<std::string> contents(const std::string& path,
                                    std::string& problem) {
  std::FILE* const file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
  std::string text;
  if (file != nullptr) {
    char buffer[1 << 16];
    while (const std::size_t size =
               std::fread(buffer, 1, sizeof buffer, file)) {
      text.append(buffer, size);
    }
  }
  const bool failed = file == nullptr || std::ferror(file) != 0;
  if (failed) problem = std::string("cannot read it: ") + std::strerror(errno);
  if (file != nullptr && file != stdin) std::fclose(file);
  if (failed) return std::nullopt;
  return text;
}

std::optional<Document> understand(const std::string& text,
                                   std::string& problem) {
  if (looks_like_json(text)) return read_findings(text, problem);
  Document document;
  document.findings = read_dumps(text);
  if (document.findings.empty()) {
    problem =
        "neither a findings document (chansan run --format=json) nor a "
        "goroutine dump is in it";
    return std::nullopt;
  }
  document.summary.tool = "explain";
  return document;
}

std::optional<Document> live(pid_t pid, std::string& problem) {
  const auto image = attach(pid, problem);
  return image ? look_at(*image, problem) : std::nullopt;
}

std::optional<Document> from_file(const std::string& path,
                                  const std::string& program,
                                  std::string& problem) {
  if (is_core_file(path)) {
    const auto image = open_core(path, program, problem);
    return image ? look_at(*image, problem) : std::nullopt;
  }
  const auto text = contents(path, problem);
  return text ? understand(*text, problem) : std::nullopt;
}

}  // namespace

int explain_command(int argc, const char* const* argv) {
  CLI::App app("A report or a goroutine dump, for a person", "chansan explain");
  set_usage(app, "chansan explain [OPTION...] FILE");
  OutputOptions output;
  std::string path;
  std::string program;
  pid_t pid = 0;
  app.add_option("FILE", path,
                 "JSON findings; the text that a Go or channel program printed "
                 "when it died; or a core file. - is standard input");
  app.add_option("--exe", program,
                 "The program that left the core file, if it does not say, or "
                 "has moved")
      ->option_text("PROGRAM");
  app.add_option("--pid", pid,
                 "Look at a live process, which goes on afterwards")
      ->option_text("PID");
  std::string html;
  app.add_option("--html", html,
                 "Write a page for a browser to OUT: the wait-for graph, "
                 "goroutines, stacks with source")
      ->option_text("OUT");
  add_output_options(app, output);
  add_version_option(app);
  if (const auto status = parse_command_line(app, argc, argv)) return *status;

  if (path.empty() == (pid == 0)) {
    return trouble("explain",
                   "give a FILE, or --pid\nSee chansan explain --help");
  }
  std::string problem;
  const auto document =
      pid != 0 ? live(pid, problem) : from_file(path, program, problem);
  if (!document) {
    return trouble(
        "explain",
        (pid != 0 ? "process " + std::to_string(pid) : path) + ": " + problem);
  }
  SourceFiles sources;
  if (!html.empty()) {
    output.path = html;
    return write_output("explain", output, to_html(*document, sources, ""));
  }
  if (output.format == Format::kJson) {
    return write_output("explain", output,
                        to_json(document->findings, document->summary));
  }
  const TextOptions options{
      output_color(output),
      [&](const Location& location) { return sources.line(location); }};
  return write_output("explain", output, tell(*document, options));
}

}  // namespace chansan
