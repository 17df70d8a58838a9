#include "tool/check/check_list.h"

#include <algorithm>
#include <array>

namespace chansan::check {
namespace {

constexpr CheckInfo kChecks[] = {
#define CHANSAN_CHECK(name, id, level, summary) {id, Level::level, summary},
#include "tool/check/checks.def"
#undef CHANSAN_CHECK
};

constexpr std::array<std::string_view, 3> kLevels = {"certain", "likely",
                                                     "maybe"};

}  // namespace

std::span<const CheckInfo> all_checks() { return kChecks; }

std::optional<CheckInfo> find_check(std::string_view id) {
  constexpr std::string_view kPrefix = "chansan-";
  if (id.starts_with(kPrefix)) id.remove_prefix(kPrefix.size());
  const auto* found = std::ranges::find(kChecks, id, &CheckInfo::id);
  if (found == std::end(kChecks)) return std::nullopt;
  return *found;
}

std::string_view level_name(Level level) {
  return kLevels[static_cast<std::size_t>(level)];
}

std::optional<Level> level_of(std::string_view name) {
  const auto found = std::ranges::find(kLevels, name);
  if (found == kLevels.end()) return std::nullopt;
  return static_cast<Level>(found - kLevels.begin());
}

}  // namespace chansan::check
