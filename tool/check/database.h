// How each file is compiled: a compilation database, or flags after `--`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "clang/Tooling/CompilationDatabase.h"

namespace chansan::check {

struct Database {
  std::unique_ptr<clang::tooling::CompilationDatabase> commands;
  std::string path;  // of compile_commands.json; empty: flags after `--`
};

/// Reads compile_commands.json from `build` (a directory, or the file itself).
/// With an empty `build` it is looked for upwards from the working directory
/// and in the usual build directories.
/// Returns: a database without commands and a sentence in `error` if it cannot
/// be had.
Database open_database(const std::string& build, std::string& error);

/// The database of `chansan check FILE... -- FLAGS`: every file is compiled
/// with the same flags.
Database fixed_database(const std::vector<std::string>& flags);

/// The options of `command`, written for GCC, that Clang does not know.
std::vector<std::string> unknown_gcc_flags(
    const std::vector<std::string>& command);

/// The commands of `base`, fit for analysis: options that only GCC knows are
/// left out of a GCC command, warnings are switched off, and the compiler's own
/// headers are found; with `add_defaults` also csp's, as C++20.
/// Requires: `base` outlives the result.
std::unique_ptr<clang::tooling::CompilationDatabase> analysis_commands(
    const clang::tooling::CompilationDatabase& base, bool add_defaults);

}  // namespace chansan::check
