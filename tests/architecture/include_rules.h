// The arrows of docs/architecture.md, as rules on include lines.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace chansan::testing {

/// One sentence for each include under `root`, the root of the repository,
/// that follows no arrow.
std::vector<std::string> include_violations(const std::filesystem::path& root);

/// How many source files the rules were applied to.
std::size_t checked_files(const std::filesystem::path& root);

}  // namespace chansan::testing
