// "Did you mean": the known name that is nearest to a mistyped one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace chansan {

/// The name among `known` that `typed` most likely stands for; empty if none
/// is near enough to be worth a guess.
std::string_view nearest_name(std::string_view typed,
                              std::span<const std::string_view> known);

}  // namespace chansan
