// The summary of a translation unit: its sync model, without the syntax tree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tool/check/model/program.h"

namespace chansan::model {

/// A byte of a file.
struct Place {
  std::uint32_t file = 0;  // in UnitModel::files
  std::uint32_t offset = 0;
  auto operator<=>(const Place&) const = default;
};

struct UnitModel {
  Program program;  // as it was lowered: not prepared
  std::vector<Root> roots;
  std::vector<std::string> files;
  std::vector<Place> places;  // by SiteId
};

/// As bytes, which are the same for the same model.
std::string serialize(const UnitModel& unit);

/// Returns nothing if `bytes` are no model that this version wrote.
std::optional<UnitModel> deserialize(std::string_view bytes);

}  // namespace chansan::model
