// Which variable lies at an address of a stack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "detector/src/instrument/libdw.h"
#include "detector/src/instrument/names.h"

namespace chansan::live {

struct StackVariable {
  Dwarf_Die die;
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  std::size_t inlined = 0;  // how many inlined calls around it
};

/// The type of a variable, also of one that an inlined call has a copy of.
std::optional<Dwarf_Die> type_of(const Libdw& dw, Dwarf_Die& variable);

/// The variable of `scopes`, a function and what is around a place of it, that
/// covers `address` while the function's frame ends at `end`.
std::optional<StackVariable> stack_variable(const Libdw& dw,
                                            std::vector<Dwarf_Die> scopes,
                                            std::uint64_t end,
                                            std::uint64_t address);

/// The frames that may cover `address`, the likeliest first, on a stack that
/// ends at `high`. `stacks` are program counters, innermost first, of calls
/// that began there and may not have returned.
std::vector<CallFrame> frames_around(
    std::uint64_t address, std::uint64_t high,
    const std::vector<std::vector<std::uint64_t>>& stacks);

}  // namespace chansan::live
