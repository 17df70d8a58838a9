#include "tool/check/config.h"

#include <filesystem>
#include <system_error>

#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLTraits.h"
#include "llvm/Support/raw_ostream.h"
#include "tool/check/check_list.h"
#include "tool/check/lower/role_names.h"

using chansan::check::Config;
using chansan::check::RoleEntry;

LLVM_YAML_IS_SEQUENCE_VECTOR(RoleEntry)

template <>
struct llvm::yaml::MappingTraits<RoleEntry> {
  static void mapping(IO& io, RoleEntry& entry) {
    io.mapRequired("name", entry.name);
    io.mapRequired("role", entry.role);
  }
  static std::string validate(IO&, RoleEntry& entry) {
    if (chansan::lower::is_role(entry.role)) return "";
    return "no role '" + entry.role +
           "'; known: " + chansan::lower::role_names();
  }
};

template <>
struct llvm::yaml::MappingTraits<Config> {
  static void mapping(IO& io, Config& config) {
    io.mapOptional("roles", config.roles);
    io.mapOptional("checks", config.checks);
    io.mapOptional("exclude", config.exclude);
    io.mapOptional("baseline", config.baseline);
    std::string level;
    io.mapOptional("level", level);
    if (level.empty()) return;
    config.level = chansan::check::level_of(level);
    if (!config.level)
      io.setError("no level '" + level + "'; known: certain, likely, maybe");
  }
};

namespace chansan::check {
namespace {

namespace fs = std::filesystem;

fs::path search_upwards() {
  std::error_code error;
  for (fs::path at = fs::current_path(error); !at.empty();
       at = at.parent_path()) {
    if (fs::exists(at / ".chansan.yaml", error)) return at / ".chansan.yaml";
    if (at == at.root_path()) break;
  }
  return {};
}

void keep_problem(const llvm::SMDiagnostic& diagnostic, void* problem) {
  llvm::raw_string_ostream out(*static_cast<std::string*>(problem));
  diagnostic.print("", out, /*ShowColors=*/false);
}

// `**` of the usual ignore files is our `*`.
bool matches(const std::string& pattern, const std::string& file) {
  auto glob = llvm::GlobPattern::create(pattern);
  if (!glob) {
    llvm::consumeError(glob.takeError());
    return false;
  }
  return glob->match(file);
}

}  // namespace

Config read_config(const std::string& path, std::string& problem) {
  Config config;
  const fs::path place = path.empty() ? search_upwards() : fs::path(path);
  if (place.empty()) return config;
  const auto buffer = llvm::MemoryBuffer::getFile(place.string());
  if (!buffer) {
    problem = place.string() + ": " + buffer.getError().message();
    return config;
  }
  llvm::yaml::Input input((*buffer)->getMemBufferRef(), nullptr, keep_problem,
                          &problem);
  input >> config;
  if (input.error() && problem.empty())
    problem = place.string() + ": " + input.error().message();
  while (problem.ends_with('\n')) problem.pop_back();
  config.path = place;
  if (!config.baseline.empty())
    config.baseline = place.parent_path() / config.baseline;
  return config;
}

bool is_excluded(const std::string& file,
                 const std::vector<std::string>& globs) {
  std::error_code error;
  const std::string relative =
      fs::path(file).lexically_relative(fs::current_path(error)).string();
  for (const std::string& glob : globs) {
    const std::string below = glob.ends_with('/') ? glob + "*" : glob;
    if (matches(below, relative) || matches(below, file)) return true;
  }
  return false;
}

}  // namespace chansan::check
