// What there is to check: one entry for each line of checks.def.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "chansan/finding.h"

namespace chansan::check {

struct CheckInfo {
  std::string_view id;  // without the prefix "chansan-"
  Level level;          // how sure its findings are
  std::string_view summary;
};

/// Every check, in the order of checks.def.
std::span<const CheckInfo> all_checks();

/// The check with this id, with or without its prefix.
std::optional<CheckInfo> find_check(std::string_view id);

/// "certain", "likely", "maybe".
std::string_view level_name(Level level);
std::optional<Level> level_of(std::string_view name);

}  // namespace chansan::check
