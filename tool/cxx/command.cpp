// `chansan cxx`: the compiler's own command line, and what a channel program
// needs added to it.
#include "tool/cxx/command.h"

#include <llvm/Support/Allocator.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/Error.h>

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "tool/common/command_line.h"
#include "tool/common/process.h"
#include "tool/common/scratch.h"
#include "tool/cxx/arguments.h"
#include "tool/cxx/compiler.h"
#include "tool/cxx/layout.h"
#include "tool/cxx/plan.h"

namespace chansan {
namespace {

using cxx::Variant;

constexpr std::string_view kHelp =
    R"(Compile and link a channel program, as the compiler would

Usage: chansan cxx [--race] [--cxx=COMPILER] [--verbose] ARG...

ARG... are the compiler's: any of its options and files, with their meaning.
Added is what a channel program needs: the headers and the library csp,
-std=c++20 unless there is a -std=, and -g unless there is a -g option, so that
reports name lines.

  --race          Instrument: the program reports its data races, and ends
                  with status 66 if there were some. Give it when compiling
                  and when linking.
  --cxx=COMPILER  The compiler. Else $CHANSAN_CXX, else clang++-22, clang++,
                  g++, whichever is there first and new enough (clang 16,
                  g++ 12).
  --verbose       Print each command before it is run; -### prints and does
                  not run.
  --help          Print this help and exit
  --version       Print the version and exit

A shared object (-shared) takes csp from the program that loads it. The exit
status is the compiler's; 2 if there was none to run.

  chansan cxx main.cpp -o main && ./main
  chansan cxx --race -O1 main.cpp -o main.race && ./main.race
)";

struct Request {
  Variant variant = Variant::kPlain;
  std::string compiler;
  bool verbose = false;
  bool help = false;
  bool version = false;
  std::vector<std::string> words;  // the compiler's
};

Request parse_request(int argc, const char* const* argv) {
  constexpr std::string_view kCompiler = "--cxx=";
  Request request;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--race") {
      request.variant = Variant::kRace;
    } else if (word.starts_with(kCompiler)) {
      request.compiler = word.substr(kCompiler.size());
    } else if (word == "--verbose") {
      request.verbose = true;
    } else if (word == "--help") {
      request.help = true;
    } else if (word == "--version") {
      request.version = true;
    } else {
      request.words.emplace_back(word);
    }
  }
  return request;
}

// The words with the contents of @files in place of them, as gcc and clang
// read them. A file that cannot be read stays as it is, for the compiler to
// complain about.
std::vector<std::string> expanded(const std::vector<std::string>& words) {
  llvm::BumpPtrAllocator allocator;
  llvm::SmallVector<const char*, 0> pointers;
  for (const std::string& word : words) pointers.push_back(word.c_str());
  llvm::cl::ExpansionContext context(allocator,
                                     llvm::cl::TokenizeGNUCommandLine);
  if (llvm::Error error = context.expandResponseFiles(pointers)) {
    llvm::consumeError(std::move(error));
    return words;
  }
  return {pointers.begin(), pointers.end()};
}

void show(const cxx::CommandLine& command) {
  std::fprintf(stderr, "%s\n", shell_line(command).c_str());
}

int cannot_start(const std::string& compiler, std::error_code error) {
  return trouble("cxx", "cannot start '" + compiler + "': " + error.message());
}

// Runs the commands of a plan that has several, up to the first that fails,
// which `last` tells of. Returns the error of starting one.
std::error_code run_steps(const cxx::Plan& plan, bool verbose, bool dry,
                          Ended& last) {
  std::vector<cxx::CommandLine> commands = plan.compiles;
  commands.push_back(plan.last);
  for (const cxx::CommandLine& command : commands) {
    if (verbose || dry) show(command);
    if (dry) continue;
    if (const auto error = run_and_wait(command, last)) return error;
    if (last.signal != 0 || last.status != 0) break;
  }
  return {};
}

int run_split(const Request& request, const cxx::Arguments& arguments,
              const cxx::Compiler& compiler, const cxx::Layout& layout) {
  Ended last;
  std::error_code error;
  {
    const auto scratch = Scratch::make();
    if (!scratch) return trouble("cxx", "cannot make a temporary directory");
    const cxx::Plan plan =
        cxx::make_plan(request.words, arguments, compiler, layout,
                       request.variant, scratch->path());
    error = run_steps(plan, request.verbose, arguments.dry, last);
  }
  if (error) return cannot_start(compiler.command, error);
  // The scratch directory is gone by now; a signal would have left it.
  return end_alike(last);
}

int run_plan(const Request& request, const cxx::Arguments& arguments,
             const cxx::Compiler& compiler, const cxx::Layout& layout) {
  if (cxx::splits(arguments, compiler, request.variant)) {
    return run_split(request, arguments, compiler, layout);
  }
  const cxx::Plan plan = cxx::make_plan(request.words, arguments, compiler,
                                        layout, request.variant, "");
  if (request.verbose || arguments.dry) show(plan.last);
  return cannot_start(compiler.command, become(plan.last));
}

}  // namespace

int cxx_command(int argc, const char* const* argv) {
  const Request request = parse_request(argc, argv);
  if (request.help) {
    std::fwrite(kHelp.data(), 1, kHelp.size(), stdout);
    return 0;
  }
  if (request.version) {
    std::printf("chansan %s\n", CHANSAN_VERSION);
    return 0;
  }
  std::string problem;
  const auto compiler = cxx::choose_compiler(request.compiler, problem);
  if (!compiler) return trouble("cxx", problem);
  auto layout = cxx::find_layout();
  if (!layout) {
    return trouble("cxx",
                   "the library csp is not beside this command; install "
                   "chansan as a whole, or build the target csp");
  }
  if (request.variant == Variant::kRace && layout->race.empty()) {
    return trouble("cxx", "this build has no race detector");
  }
  const cxx::Arguments arguments = cxx::understand(expanded(request.words));
  if (request.variant == Variant::kRace && arguments.sources &&
      !layout->pass.empty() && !cxx::loads_pass(*compiler, layout->pass)) {
    layout->pass.clear();
  }
  return run_plan(request, arguments, *compiler, *layout);
}

}  // namespace chansan
