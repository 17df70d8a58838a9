// Which files are analysed.
#pragma once

#include <string>
#include <vector>

#include "tool/check/database.h"
#include "tool/check/options.h"

namespace chansan::check {

/// The files to analyse, without those that the configuration excludes;
/// `problem` says what is wrong with them.
std::vector<std::string> choose_files(const Options& options,
                                      const Database& database,
                                      std::string& problem);

/// Says on standard error which flags of the files' commands only GCC knows.
void say_ignored_flags(const Database& database,
                       const std::vector<std::string>& files);

}  // namespace chansan::check
