#include "tool/check/lower/role_names.h"

#include <algorithm>
#include <vector>

#include "tool/check/lower/roles.h"

namespace chansan::lower {

std::string role_names() {
  std::vector<std::string> names;
  for (const auto& entry : tag_table()) names.push_back(entry.getKey().str());
  for (const auto& entry : type_tag_table())
    names.push_back(entry.getKey().str());
  std::ranges::sort(names);
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text;
}

bool is_role(llvm::StringRef name) {
  return tag_table().contains(name) || type_tag_table().contains(name);
}

}  // namespace chansan::lower
