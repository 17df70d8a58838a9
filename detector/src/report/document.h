// The parts of a findings document, for whoever writes one piece by piece:
// opening, separator, finding, separator, finding, ..., closing.
#pragma once

#include <string>
#include <string_view>

#include "chansan/report.h"

namespace chansan {

inline constexpr std::string_view kFirstSeparator = "\n";
inline constexpr std::string_view kNextSeparator = ",\n";

std::string document_opening();
std::string document_closing(const Summary& summary);

}  // namespace chansan
