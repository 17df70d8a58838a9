#include "tool/check/pages.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tool/check/check_list.h"

namespace chansan::check {

namespace fs = std::filesystem;

std::optional<std::string> page_of(std::string_view id) {
  std::error_code error;
  const fs::path tool = fs::read_symlink("/proc/self/exe", error);
  // Beside the installed tool, else where it was built.
  for (const fs::path& directory :
       {(tool.parent_path() / CHANSAN_RELATIVE_CHECK_DOCS_DIR)
            .lexically_normal(),
        fs::path(CHANSAN_CHECK_DOCS_DIR)}) {
    std::ifstream page(directory / (std::string(id) + ".md"));
    if (!page) continue;
    std::ostringstream text;
    text << page.rdbuf();
    return text.str();
  }
  return std::nullopt;
}

std::vector<Rule> check_rules() {
  std::vector<Rule> rules;
  for (const CheckInfo& info : all_checks())
    rules.push_back({std::string(info.id), std::string(info.summary),
                     page_of(info.id).value_or(""), info.level});
  return rules;
}

}  // namespace chansan::check
