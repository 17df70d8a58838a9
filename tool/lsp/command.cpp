// A language server that shows the lint's findings: when a file is opened and
// when it is saved, the file is checked as it is on the disk.
#include "tool/lsp/command.h"

#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "tool/check/inputs.h"
#include "tool/check/options.h"
#include "tool/check/run_analysis.h"
#include "tool/common/command_line.h"
#include "tool/lsp/connection.h"
#include "tool/lsp/diagnostics.h"

namespace chansan {
namespace {

using llvm::json::Array;
using JsonObject = llvm::json::Object;

constexpr int kMethodNotFound = -32601;

// A header has no command of its own; the nearest file's will do.
check::Database database_for(const check::Options& options,
                             const std::string& path, std::string& problem) {
  if (options.has_flags) return check::fixed_database(options.flags);
  check::Database database = check::open_database(options.build, problem);
  static const std::set<std::string> kHeaders = {".h", ".hh", ".hpp", ".hxx"};
  const std::string ending = std::filesystem::path(path).extension();
  if (database.commands && kHeaders.contains(ending))
    database.commands = clang::tooling::inferMissingCompileCommands(
        std::move(database.commands));
  return database;
}

class Server {
 public:
  Server(check::Options options, lsp::Connection& connection)
      : options_(std::move(options)), connection_(connection) {}

  int run() {
    while (auto message = connection_.read()) {
      const std::string method =
          message->getString("method").value_or("").str();
      if (method == "exit") break;
      handle(method, *message);
    }
    return shut_down_ ? 0 : 1;
  }

 private:
  void handle(const std::string& method, const JsonObject& message) {
    const llvm::json::Value* const id = message.get("id");
    const JsonObject* const parameters = message.getObject("params");
    if (method == "initialize") {
      answer(id, capabilities());
    } else if (method == "shutdown") {
      shut_down_ = true;
      answer(id, nullptr);
    } else if (method == "textDocument/didOpen" ||
               method == "textDocument/didSave") {
      if (const auto uri = uri_in(parameters)) check(*uri);
    } else if (method == "textDocument/didClose") {
      if (const auto uri = uri_in(parameters)) publish(*uri, {});
    } else if (id && !method.empty()) {
      connection_.send(
          JsonObject{{"id", *id},
                     {"error", JsonObject{{"code", kMethodNotFound},
                                          {"message", "no such method"}}}});
    }
  }

  void answer(const llvm::json::Value* id, llvm::json::Value result) {
    if (id)
      connection_.send(JsonObject{{"id", *id}, {"result", std::move(result)}});
  }

  static llvm::json::Value capabilities() {
    return JsonObject{
        {"capabilities",
         JsonObject{
             {"textDocumentSync",
              JsonObject{{"openClose", true}, {"change", 0}, {"save", true}}}}},
        {"serverInfo",
         JsonObject{{"name", "chansan"}, {"version", CHANSAN_VERSION}}}};
  }

  static std::optional<std::string> uri_in(const JsonObject* parameters) {
    if (!parameters) return std::nullopt;
    const JsonObject* const document = parameters->getObject("textDocument");
    const auto uri = document ? document->getString("uri") : std::nullopt;
    if (!uri) return std::nullopt;
    return uri->str();
  }

  void publish(const std::string& uri, Array diagnostics) {
    connection_.send(JsonObject{
        {"method", "textDocument/publishDiagnostics"},
        {"params",
         JsonObject{{"uri", uri}, {"diagnostics", std::move(diagnostics)}}}});
  }

  // What went wrong, where the user of an editor looks.
  void log(const std::string& text) {
    connection_.send(
        JsonObject{{"method", "window/logMessage"},
                   {"params", JsonObject{{"type", 2}, {"message", text}}}});
  }

  void check(const std::string& uri) {
    const std::string path = lsp::path_of(uri);
    if (path.empty()) return;
    check::Options options = options_;
    options.files = {path};
    std::string problem;
    const check::Database database = database_for(options, path, problem);
    std::vector<std::string> files;
    if (database.commands) files = choose_files(options, database, problem);
    if (!problem.empty()) {
      log(problem);
      publish(uri, {});
      return;
    }
    show(uri, path, check::run_analysis(options, database, files));
  }

  void show(const std::string& uri, const std::string& path,
            const std::vector<check::FileResult>& results) {
    SourceFiles sources;
    std::map<std::string, Array> by_file;
    by_file[path];
    std::error_code error;
    for (const check::FileResult& result : results) {
      for (const std::string& each : result.errors) log(each);
      for (const Finding& finding : result.findings) {
        if (!finding.suppressed.empty()) continue;
        const std::string file =
            std::filesystem::absolute(finding.location.file, error);
        by_file[file].push_back(lsp::diagnostic_of(finding, sources));
      }
    }
    // What the last check found elsewhere, in headers, may be gone.
    std::set<std::string> found;
    for (const auto& [file, diagnostics] : by_file) found.insert(file);
    for (const std::string& file : std::exchange(shown_[path], found))
      if (!found.contains(file)) publish(lsp::uri_of(file), {});
    for (auto& [file, diagnostics] : by_file)
      publish(file == path ? uri : lsp::uri_of(file), std::move(diagnostics));
  }

  const check::Options options_;
  lsp::Connection& connection_;
  // Where each checked file has findings in the editor.
  std::map<std::string, std::set<std::string>> shown_;
  bool shut_down_ = false;
};

}  // namespace

int lsp_command(int argc, const char* const* argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--help") {
    std::cout << "Usage: chansan lsp [OPTION...] [-- FLAG...]\n\n"
                 "A language server on standard input and output. The options "
                 "are those of\n`chansan check`; after `--` stand the "
                 "compiler's flags for files without\na compilation "
                 "database.\n";
    return 0;
  }
  const check::Parsed parsed = check::parse_server_options(argc, argv);
  if (parsed.done) return parsed.status;
  lsp::Connection connection(std::cin, std::cout);
  return Server(parsed.options, connection).run();
}

}  // namespace chansan
