// `chansan explain`: a report or a goroutine dump, for a person.
#include "tool/explain/command.h"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>

#include "tool/common/command_line.h"
#include "tool/common/output.h"
#include "tool/common/source_files.h"
#include "tool/explain/dump_reader.h"
#include "tool/explain/findings_reader.h"
#include "tool/explain/page.h"
#include "tool/explain/post_mortem.h"
#include "tool/explain/process_image.h"
#include "tool/explain/race_reader.h"
#include "tool/explain/story.h"
#include "tool/explain/timeline.h"
#include "tool/explain/trace_reader.h"

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
  document.findings = read_races(text);
  for (Finding& dump : read_dumps(text)) {
    document.findings.push_back(std::move(dump));
  }
  if (document.findings.empty()) {
    problem =
        "neither a findings document (chansan run --format=json) nor a "
        "goroutine dump or race report is in it";
    return std::nullopt;
  }
  document.summary.tool = "explain";
  return document;
}

// What the command line asks for.
struct Request {
  std::string path;
  std::string program;   // of a core file
  pid_t pid = 0;         // instead of a file
  std::string log;       // event log beside a report
  std::string html;      // where to write it; empty: not wanted
  std::string perfetto;  // the same
  OutputOptions output;
};

std::optional<Document> live(pid_t pid, std::string& problem) {
  const auto image = attach(pid, problem);
  return image ? look_at(*image, problem) : std::nullopt;
}

std::optional<Timeline> timeline_of(const std::string& bytes,
                                    std::string& problem) {
  const auto trace = read_trace(bytes, problem);
  if (!trace) return std::nullopt;
  return to_timeline(*trace);
}

int write_file(const std::string& path, const std::string& text) {
  OutputOptions output;
  output.path = path;
  return write_output("explain", output, text);
}

int show_timeline(const Request& request, const Timeline& timeline) {
  if (!request.html.empty()) {
    Document document;
    document.summary.program = timeline.program;
    SourceFiles sources;
    const int status = write_file(
        request.html, to_html(document, sources, timeline_json(timeline)));
    if (status != 0 || request.perfetto.empty()) return status;
  }
  if (!request.perfetto.empty()) {
    return write_file(request.perfetto, to_perfetto(timeline));
  }
  return write_output("explain", request.output,
                      request.output.format == Format::kJson
                          ? to_perfetto(timeline)
                          : to_text(timeline));
}

int show_document(const Request& request, const Document& document,
                  const std::string& timeline) {
  SourceFiles sources;
  if (!request.html.empty()) {
    return write_file(request.html, to_html(document, sources, timeline));
  }
  Report report;
  report.findings = document.findings;
  report.run.summary = document.summary;
  report.run.rules.assign(run_rules().begin(), run_rules().end());
  report.text = [&](Color color) {
    return tell(document, {color, [&](const Location& location) {
                             return sources.line(location);
                           }});
  };
  return write_report("explain", request.output, report);
}

int explain_file(const Request& request) {
  std::string problem;
  std::optional<Document> document;
  if (request.pid != 0) {
    document = live(request.pid, problem);
  } else if (is_core_file(request.path)) {
    const auto image = open_core(request.path, request.program, problem);
    if (image) document = look_at(*image, problem);
  } else if (const auto text = contents(request.path, problem)) {
    if (looks_like_trace(*text)) {
      const auto timeline = timeline_of(*text, problem);
      if (timeline) return show_timeline(request, *timeline);
    } else if (!request.perfetto.empty()) {
      problem = "--perfetto needs an event log (CHANSAN_OPTIONS=trace=FILE)";
    } else {
      document = understand(*text, problem);
    }
  }
  const std::string what = request.pid != 0
                               ? "process " + std::to_string(request.pid)
                               : request.path;
  if (!document) return trouble("explain", what + ": " + problem);
  std::string timeline;
  if (!request.log.empty()) {
    const auto bytes = contents(request.log, problem);
    const auto read = bytes ? timeline_of(*bytes, problem) : std::nullopt;
    if (!read) return trouble("explain", request.log + ": " + problem);
    timeline = timeline_json(*read);
  }
  return show_document(request, *document, timeline);
}

void add_options(CLI::App& app, Request& request) {
  app.add_option("FILE", request.path,
                 "JSON findings; the text that a Go or channel program printed "
                 "when it died; a core file; or an event log "
                 "(CHANSAN_OPTIONS=trace=FILE). - is standard input");
  app.add_option("--exe", request.program,
                 "The program that left the core file, if it does not say, or "
                 "has moved")
      ->option_text("PROGRAM");
  app.add_option("--pid", request.pid,
                 "Look at a live process, which goes on afterwards")
      ->option_text("PID");
  app.add_option("--html", request.html,
                 "Write a page for a browser to OUT: the wait-for graph, "
                 "goroutines, stacks with source")
      ->option_text("OUT");
  app.add_option("--trace", request.log,
                 "With --html: show the last events of this event log")
      ->option_text("LOG");
  app.add_option("--perfetto", request.perfetto,
                 "Write an event log to OUT for ui.perfetto.dev")
      ->option_text("OUT");
  add_output_options(app, request.output);
  add_version_option(app);
}

}  // namespace

int explain_command(int argc, const char* const* argv) {
  CLI::App app(
      "A report, a dump, a core file, a live process or an event log, "
      "for a person",
      "chansan explain");
  set_usage(app, "chansan explain [OPTION...] FILE | --pid PID");
  Request request;
  add_options(app, request);
  if (const auto status = parse_command_line(app, argc, argv)) return *status;
  if (request.path.empty() == (request.pid == 0)) {
    return trouble("explain",
                   "give a FILE, or --pid\nSee chansan explain --help");
  }
  return explain_file(request);
}

}  // namespace chansan
