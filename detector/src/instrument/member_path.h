// Which member of an object lies at an offset, by the debug information of the
// object's type.
#pragma once

#include <cstdint>
#include <string>

#include "detector/src/instrument/libdw.h"

namespace chansan::live {

/// ".items[3].price" for the bytes of an object of `type` from `offset` on,
/// `size` many; only as far as they lie in one member and its name is the
/// user's: what is inside of a std::string has no name here. Empty: none.
std::string member_path(const Libdw& dw, Dwarf_Die type, std::uint64_t offset,
                        std::uint32_t size);

}  // namespace chansan::live
