#include "tests/architecture/include_rules.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <regex>
#include <string_view>

namespace chansan::testing {
namespace {

namespace fs = std::filesystem;

struct Include {
  std::string file;  // relative to the root, which includes
  int line = 0;
  std::string path;     // what it includes
  bool angled = false;  // <path>
};

bool begins(std::string_view text, std::string_view prefix) {
  return text.starts_with(prefix);
}

bool is_llvm(const Include& include) {
  static const std::regex kLlvm("(llvm|clang|clang-c|clang-tidy|lldb)/.*");
  return std::regex_match(include.path, kLlvm);
}

// A header of the compiler, the standard library or the system.
bool is_system(const Include& include) {
  return include.angled && !is_llvm(include) && !begins(include.path, "csp/") &&
         !begins(include.path, "chansan/") && !begins(include.path, "CLI/");
}

// Public headers are read by programs that have nothing else of ours.
bool public_runtime(const Include& include) {
  return is_system(include) || begins(include.path, "csp/");
}

bool runtime(const Include& include) {
  return public_runtime(include) || begins(include.path, "runtime/");
}

bool public_detector(const Include& include) {
  return is_system(include) || begins(include.path, "chansan/");
}

bool detector(const Include& include) {
  return public_detector(include) || begins(include.path, "detector/") ||
         include.path == "runtime/event.h" ||
         include.path == "runtime/snapshot.h" ||
         (include.path == "runtime/hooks.h" &&
          (include.file == "detector/src/instrument/attach.cpp" ||
           include.file == "detector/src/waits/attach.cpp"));
}

// The pass plugin runs inside the compiler, not in the user's program.
bool pass(const Include& include) {
  return is_system(include) || is_llvm(include) ||
         begins(include.path, "detector/pass/");
}

bool tool(const Include& include) {
  return is_system(include) || is_llvm(include) ||
         begins(include.path, "CLI/") || begins(include.path, "tool/") ||
         include.path == "chansan/finding.h" ||
         include.path == "chansan/report.h" ||
         // A program that is looked at from outside is judged by the rules
         // that judge it when it stands still by itself.
         (begins(include.file, "tool/explain/") &&
          (include.path == "runtime/snapshot.h" ||
           include.path == "detector/src/waits/stuck.h"));
}

struct Rule {
  std::string_view folder;
  std::function<bool(const Include&)> allows;
  std::string_view arrow;
};

// The first folder that a file lies in decides.
const std::vector<Rule>& rules() {
  static const auto& all = *new std::vector<Rule>{
      {"runtime/include/", public_runtime,
       "public headers include the standard library and csp/ only"},
      {"runtime/", runtime, "runtime/ knows nothing of detector/ and tool/"},
      {"detector/include/", public_detector,
       "public headers include the standard library and chansan/ only"},
      {"detector/pass/", pass,
       "the pass plugin includes LLVM and its own headers"},
      {"detector/", detector,
       "detector/ includes of runtime/ only event.h and snapshot.h, and "
       "hooks.h "
       "in the attach.cpp of src/instrument and src/waits; no LLVM"},
      {"tool/", tool,
       "tool/ includes of detector/ only finding.h and report.h, and nothing "
       "of runtime/; tool/explain/ also the rules of waits/ and what they "
       "judge"}};
  return all;
}

const Rule* rule_of(const std::string& file) {
  for (const Rule& rule : rules()) {
    if (begins(file, rule.folder)) return &rule;
  }
  return nullptr;
}

bool is_source(const fs::path& path) {
  static const std::vector<std::string> kSuffixes = {".h",  ".cpp", ".S",
                                                     ".in", ".def", ".inc"};
  return std::find(kSuffixes.begin(), kSuffixes.end(), path.extension()) !=
         kSuffixes.end();
}

std::vector<fs::path> sources(const fs::path& root) {
  std::vector<fs::path> files;
  for (const char* folder : {"runtime", "detector", "tool"}) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file() && is_source(entry.path())) {
        files.push_back(entry.path());
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Include> includes_of(const fs::path& root, const fs::path& path) {
  static const std::regex kInclude(R"(\s*#\s*include\s*([<"])([^>"]+)[>"].*)");
  std::vector<Include> includes;
  std::ifstream file(path);
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    std::smatch match;
    if (!std::regex_match(line, match, kInclude)) continue;
    includes.push_back({fs::relative(path, root).generic_string(), number,
                        match[2], match[1] == "<"});
  }
  return includes;
}

}  // namespace

std::vector<std::string> include_violations(const fs::path& root) {
  std::vector<std::string> violations;
  for (const fs::path& path : sources(root)) {
    for (const Include& include : includes_of(root, path)) {
      const Rule* const rule = rule_of(include.file);
      if (rule == nullptr || rule->allows(include)) continue;
      violations.push_back(include.file + ":" + std::to_string(include.line) +
                           ": includes " + include.path + ", but " +
                           std::string(rule->arrow));
    }
  }
  return violations;
}

std::size_t checked_files(const fs::path& root) { return sources(root).size(); }

}  // namespace chansan::testing
