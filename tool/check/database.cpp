#include "tool/check/database.h"

#include <filesystem>
#include <set>

#include "clang/Driver/Driver.h"
#include "clang/Options/Options.h"
#include "clang/Tooling/ArgumentsAdjusters.h"
#include "clang/Tooling/JSONCompilationDatabase.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "llvm/TargetParser/Host.h"

namespace chansan::check {
namespace {

namespace fs = std::filesystem;
using clang::tooling::CommandLineArguments;

constexpr const char* kFileName = "compile_commands.json";

// The usual places, nearest first: the directory and its build directories,
// then the same of each parent.
fs::path search_upwards() {
  std::error_code error;
  for (fs::path at = fs::current_path(error); !at.empty();
       at = at.parent_path()) {
    if (fs::exists(at / kFileName, error)) return at / kFileName;
    std::set<fs::path> found;  // sorted, so that the choice is reproducible
    for (const auto& entry : fs::directory_iterator(at, error)) {
      const std::string name = entry.path().filename();
      const bool usual = name.starts_with("build") || name.starts_with("out") ||
                         name.starts_with("cmake-build");
      if (usual && fs::exists(entry.path() / kFileName, error))
        found.insert(entry.path() / kFileName);
    }
    if (!found.empty()) return *found.begin();
    if (at == at.root_path()) break;
  }
  return {};
}

bool is_gcc(const std::string& compiler) {
  const std::string name = fs::path(compiler).filename();
  if (name.find("clang") != std::string::npos) return false;
  return name.find("g++") != std::string::npos ||
         name.find("gcc") != std::string::npos || name == "c++" || name == "cc";
}

bool has_flag(const CommandLineArguments& arguments, std::string_view prefix) {
  for (const std::string& argument : arguments)
    if (argument.starts_with(prefix)) return true;
  return false;
}

// Where csp's headers are: beside the installed tool, else where it was built.
std::string csp_include_directory() {
  const fs::path tool = llvm::sys::fs::getMainExecutable(nullptr, nullptr);
  const fs::path installed =
      (tool.parent_path() / CHANSAN_RELATIVE_INCLUDE_DIR).lexically_normal();
  std::error_code error;
  if (fs::exists(installed / "csp" / "csp.h", error)) return installed;
  return CHANSAN_CSP_INCLUDE_DIR;
}

// Precompiled headers are another compiler's, or not built yet: what they are
// made of is read instead. CMake names both, `-include` beside `-include-pch`.
// A list of modules (`@x.modmap`) that is not there yet is left out: CMake
// passes one to every C++20 file, whether it uses modules or not.
CommandLineArguments without_prebuilt(const CommandLineArguments& command) {
  CommandLineArguments kept;
  std::error_code error;
  for (std::size_t i = 0; i < command.size(); ++i) {
    const std::string& argument = command[i];
    const auto is = [&](std::size_t ahead, std::string_view text) {
      return i + ahead < command.size() && command[i + ahead] == text;
    };
    if (argument.starts_with('@') && argument.ends_with(".modmap")) continue;
    if (is(0, "-Xclang") && is(1, "-include-pch") && is(2, "-Xclang")) {
      i += 3;
    } else if (is(0, "-include-pch") && i + 1 < command.size()) {
      const fs::path header = fs::path(command[++i]).replace_extension();
      if (!fs::exists(header, error)) continue;
      kept.insert(kept.end(), {"-Xclang", "-include", "-Xclang", header});
    } else if (is(0, "-include") && i + 1 < command.size()) {
      // The driver would take what was made of it, if that lies beside it.
      kept.insert(kept.end(), {"-Xclang", "-include", "-Xclang", command[++i]});
    } else {
      kept.push_back(argument);
      if (is(0, "-Xclang") && i + 1 < command.size())
        kept.push_back(command[++i]);
    }
  }
  return kept;
}

CommandLineArguments adjusted(const CommandLineArguments& original,
                              bool add_defaults) {
  const CommandLineArguments command = without_prebuilt(original);
  const std::vector<std::string> dropped = unknown_gcc_flags(command);
  const std::set<std::string> drop(dropped.begin(), dropped.end());
  CommandLineArguments before;
  CommandLineArguments after;
  CommandLineArguments* part = &before;
  for (const std::string& argument : command) {
    if (argument == "--") part = &after;
    if (part == &after || !drop.contains(argument)) part->push_back(argument);
  }
  // The tool is not where Clang expects itself to be.
  if (!has_flag(before, "-resource-dir"))
    before.push_back("-resource-dir=" CHANSAN_RESOURCE_DIR);
  before.push_back("-w");
  // Without it, Clang counts what it was told on standard error.
  before.push_back("-fno-caret-diagnostics");
  before.push_back("-Wno-error");
  if (add_defaults) {
    if (!has_flag(before, "-std=")) before.push_back("-std=c++20");
    before.push_back("-isystem");
    before.push_back(csp_include_directory());
  }
  before.insert(before.end(), after.begin(), after.end());
  return before;
}

class AnalysisCommands final : public clang::tooling::CompilationDatabase {
 public:
  AnalysisCommands(const CompilationDatabase& base, bool add_defaults)
      : base_(base), add_defaults_(add_defaults) {}

  std::vector<clang::tooling::CompileCommand> getCompileCommands(
      llvm::StringRef file) const override {
    auto commands = base_.getCompileCommands(file);
    // A file that is compiled in several ways is analysed as its first.
    if (commands.size() > 1) commands.resize(1);
    for (auto& command : commands)
      command.CommandLine = adjusted(command.CommandLine, add_defaults_);
    return commands;
  }

 private:
  const CompilationDatabase& base_;
  const bool add_defaults_;
};

// A relative `directory` is one beside the database, whatever the working
// directory is: Clang's reader would take it from there.
void anchor_directories(std::string& text, const fs::path& base) {
  constexpr std::string_view kKey = "\"directory\"";
  std::string prefix = llvm::formatv("{0}", llvm::json::Value(base.string()));
  prefix = prefix.substr(1, prefix.size() - 2) + "/";  // without its quotes
  for (std::size_t at = text.find(kKey); at != text.npos;
       at = text.find(kKey, at)) {
    at = text.find_first_not_of(" \t\r\n", at + kKey.size());
    if (at == text.npos || text[at] != ':') continue;
    at = text.find_first_not_of(" \t\r\n", at + 1);
    if (at == text.npos || text[at] != '"') continue;
    if (text.compare(++at, 1, "/") != 0) text.insert(at, prefix);
  }
}

std::unique_ptr<clang::tooling::CompilationDatabase> read_json(
    const std::string& path, std::string& error) {
  const auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) {
    error = buffer.getError().message();
    return nullptr;
  }
  std::string text = (*buffer)->getBuffer().str();
  anchor_directories(text, fs::path(path).parent_path());
  return clang::tooling::JSONCompilationDatabase::loadFromBuffer(
      text, error, clang::tooling::JSONCommandLineSyntax::AutoDetect);
}

}  // namespace

Database open_database(const std::string& build, std::string& error) {
  Database database;
  fs::path path = build.empty() ? search_upwards() : fs::path(build);
  std::error_code code;
  if (fs::is_directory(path, code)) path /= kFileName;
  if (path.empty() || !fs::exists(path, code)) {
    error = path.empty() ? "no compile_commands.json here, in a parent or in a "
                           "build directory"
                         : path.string() + ": no such file";
    error +=
        "; make one with `cmake -S . -B build "
        "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON`, then pass `-p build`, or give "
        "the compiler's flags after `--`";
    return database;
  }
  database.path = fs::absolute(path).lexically_normal();
  auto json = read_json(database.path, error);
  if (!json) {
    error = database.path + ": " + error;
    return database;
  }
  database.commands = clang::tooling::expandResponseFiles(
      std::move(json), llvm::vfs::getRealFileSystem());
  return database;
}

Database fixed_database(const std::vector<std::string>& flags) {
  Database database;
  database.commands =
      std::make_unique<clang::tooling::FixedCompilationDatabase>(".", flags);
  return database;
}

std::vector<std::string> unknown_gcc_flags(
    const std::vector<std::string>& command) {
  std::vector<std::string> unknown;
  if (command.empty() || !is_gcc(command[0])) return unknown;
  const llvm::opt::OptTable& table = clang::getDriverOptTable();
  std::vector<const char*> arguments;
  for (std::size_t i = 1; i < command.size(); ++i)
    arguments.push_back(command[i].c_str());
  unsigned missing_index = 0;
  unsigned missing_count = 0;
  const llvm::opt::InputArgList parsed =
      table.ParseArgs(arguments, missing_index, missing_count,
                      llvm::opt::Visibility(clang::options::ClangOption));
  for (const llvm::opt::Arg* arg : parsed.filtered(clang::options::OPT_UNKNOWN))
    unknown.push_back(arg->getAsString(parsed));
  return unknown;
}

std::unique_ptr<clang::tooling::CompilationDatabase> analysis_commands(
    const clang::tooling::CompilationDatabase& base, bool add_defaults) {
  return std::make_unique<AnalysisCommands>(base, add_defaults);
}

}  // namespace chansan::check
