#include "tool/cxx/layout.h"

#include <filesystem>
#include <string_view>
#include <system_error>

#include "tool/cxx/paths.h"

namespace chansan::cxx {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const std::size_t end = list.find(';');
    if (end != 0) parts.emplace_back(list.substr(0, end));
    if (end == list.npos) break;
    list.remove_prefix(end + 1);
  }
  return parts;
}

void append(std::vector<std::string>& list, std::vector<std::string> more) {
  list.insert(list.end(), more.begin(), more.end());
}

// A layout whose archives are `csp` and `race`, each for a whole link line.
Layout layout_of(const fs::path& include, std::vector<std::string> csp,
                 std::vector<std::string> race, const fs::path& pass) {
  Layout layout;
  std::error_code ignored;
  if (fs::is_regular_file(pass, ignored)) layout.pass = pass;
  layout.race_compile_pass = split(kRaceCompilePass);
  // As a system directory /usr/include would come before the standard
  // library's own wrappers; compilers search it anyway.
  if (include != "/usr/include") layout.include = include;
  layout.csp = std::move(csp);
  append(layout.csp, split(kSystemLibraries));
  layout.race_compile = split(kRaceCompile);
  layout.race_compile_clang = split(kRaceCompileClang);
  layout.race_compile_gxx = split(kRaceCompileGxx);
  if (race.empty()) return layout;
  layout.race = split(kRaceLink);
  append(layout.race, std::move(race));
  append(layout.race, split(kSystemLibraries));
  return layout;
}

std::vector<std::string> in_directory(const fs::path& directory,
                                      std::string_view files) {
  std::vector<std::string> paths;
  for (const std::string& file : split(files)) {
    paths.push_back((directory / file).lexically_normal());
  }
  return paths;
}

bool holds_library(const fs::path& include,
                   const std::vector<std::string>& csp) {
  std::error_code ignored;
  return !csp.empty() && fs::exists(include / "csp/csp.h", ignored) &&
         fs::exists(csp.front(), ignored);
}

}  // namespace

std::optional<Layout> find_layout() {
  std::error_code error;
  const fs::path executable = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    const fs::path bin = executable.parent_path();
    const fs::path include = (bin / kInstalledInclude).lexically_normal();
    const fs::path library = bin / kInstalledLibrary;
    const auto csp = in_directory(library, kInstalledCsp);
    if (holds_library(include, csp)) {
      return layout_of(include, csp, in_directory(library, kInstalledRace),
                       (library / kInstalledPass).lexically_normal());
    }
  }
  const auto csp = split(kBuildCsp);
  if (!holds_library(kBuildInclude, csp)) return std::nullopt;
  return layout_of(kBuildInclude, csp, split(kBuildRace), kBuildPass);
}

}  // namespace chansan::cxx
