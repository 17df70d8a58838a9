#include "tool/check/lower/role_names.h"

#include <algorithm>
#include <string>

#include "llvm/ADT/SmallVector.h"

namespace chansan::lower {

std::string role_names() {
  std::vector<std::string> names;
  for (const auto& entry : tag_table()) names.push_back(entry.getKey().str());
  std::ranges::sort(names);
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::optional<Role> role_named(llvm::StringRef name) {
  const auto found = tag_table().find(name);
  if (found == tag_table().end()) return std::nullopt;
  return found->second;
}

llvm::StringMap<Role> parse_roles(llvm::StringRef text) {
  llvm::StringMap<Role> roles;
  llvm::SmallVector<llvm::StringRef> entries;
  text.split(entries, ';');
  for (const llvm::StringRef entry : entries) {
    const auto [name, role] = entry.split('=');
    if (const auto known = role_named(role.trim())) roles[name.trim()] = *known;
  }
  return roles;
}

}  // namespace chansan::lower
