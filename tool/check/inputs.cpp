#include "tool/check/inputs.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <set>

namespace chansan::check {
namespace {

namespace fs = std::filesystem;

// Assembler, C and what else a database lists beside C++: a project of both
// languages is checked as far as it is C++.
bool is_cplusplus(const std::string& file) {
  static const std::set<std::string> kOthers = {
      ".s", ".S", ".asm", ".c", ".m", ".mm", ".cu", ".rc", ".swift", ".f90"};
  return !kOthers.contains(fs::path(file).extension());
}

std::vector<std::string> files_of(const Options& options,
                                  const Database& database,
                                  std::string& problem) {
  std::vector<std::string> files = database.commands->getAllFiles();
  std::erase_if(files, [&](const std::string& file) {
    return !is_cplusplus(file) || is_excluded(file, options.config.exclude);
  });
  std::ranges::sort(files);
  const auto last = std::ranges::unique(files);
  files.erase(last.begin(), last.end());
  if (files.empty()) problem = database.path + ": lists no C++ files";
  return files;
}

}  // namespace

std::vector<std::string> choose_files(const Options& options,
                                      const Database& database,
                                      std::string& problem) {
  if (options.files.empty()) return files_of(options, database, problem);
  std::vector<std::string> files;
  std::error_code error;
  for (const std::string& file : options.files) {
    const std::string path = fs::absolute(file, error).lexically_normal();
    if (!fs::is_regular_file(path, error)) {
      problem = file + ": no such file";
    } else if (database.commands->getCompileCommands(path).empty()) {
      problem = file + ": not in " + database.path +
                "; add it to the build, or give the compiler's flags after "
                "`--`";
    }
    if (std::ranges::find(files, path) == files.end()) files.push_back(path);
  }
  return files;
}

void say_ignored_flags(const Database& database,
                       const std::vector<std::string>& files) {
  std::set<std::string> ignored;
  for (const std::string& file : files)
    for (const auto& command : database.commands->getCompileCommands(file))
      for (std::string& flag : unknown_gcc_flags(command.CommandLine))
        ignored.insert(std::move(flag));
  if (ignored.empty()) return;
  std::cerr << "chansan check: ignored flags that only GCC knows:";
  for (const std::string& flag : ignored) std::cerr << " " << flag;
  std::cerr << "\n";
}

}  // namespace chansan::check
