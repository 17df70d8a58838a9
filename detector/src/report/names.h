// How reports name what has no name of its own: addresses, goroutines, kinds.
//
// These are the only functions through which an address or an id reaches the
// reader's eye.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "chansan/finding.h"

namespace chansan {

/// As Go prints it: 0x and at least twelve digits.
std::string address_name(std::uint64_t address);

/// "main goroutine", or "goroutine 7", with the name that the program gave.
std::string goroutine_label(const Finding& finding, std::uint64_t id);

/// "certain", "likely", "maybe"; as the JSON format spells them.
std::string_view level_name(Level level);

/// "global", "heap", "stack", "channel", "wait group", "unknown".
std::string_view memory_kind_name(Memory::Kind kind);

/// "main.cpp:3:14"; what is not known is left out.
std::string location_name(const Location& location);

/// "3 goroutines", "1 goroutine".
std::string counted(std::uint64_t count, std::string_view noun);

}  // namespace chansan
