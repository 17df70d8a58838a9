#include "detector/src/instrument/stack_variable.h"

#include <algorithm>
#include <unordered_map>

namespace chansan::live {

namespace {

constexpr std::uint64_t kWordBytes = sizeof(std::uint64_t);
// What a call leaves between its frame pointer and the frame's end: the
// caller's frame pointer and the return address.
constexpr std::uint64_t kBelowEnd = 2 * kWordBytes;

// A frame that is alive.
struct Frame {
  std::uint64_t end = 0;
  // What the function's variables are relative to; none if that moves with the
  // stack pointer.
  std::optional<std::uint64_t> base;

  std::uint64_t pointer() const { return end - kBelowEnd; }
};

std::optional<std::uint64_t> base_of(const Libdw& dw, Dwarf_Die& function,
                                     const Frame& frame) {
  Dwarf_Attribute attribute;
  Dwarf_Op* operations = nullptr;
  std::size_t count = 0;
  if (dw.dwarf_attr(&function, DW_AT_frame_base, &attribute) == nullptr ||
      dw.dwarf_getlocation(&attribute, &operations, &count) != 0 ||
      count != 1) {
    return std::nullopt;
  }
  constexpr auto kFramePointer = DW_OP_reg6;
  if (operations->atom == kFramePointer) return frame.pointer();
  if (operations->atom == DW_OP_call_frame_cfa) return frame.end;
  return std::nullopt;
}

// Where a variable stands in memory, if it ever does: where a compiler knows
// its value it tells that instead, though others may use the memory.
std::optional<std::uint64_t> home_of(const Libdw& dw, Dwarf_Die& variable,
                                     const Frame& frame) {
  Dwarf_Attribute attribute;
  if (dw.dwarf_attr(&variable, DW_AT_location, &attribute) == nullptr) {
    return std::nullopt;
  }
  constexpr auto kFromFramePointer = DW_OP_breg6;
  Dwarf_Addr base = 0;
  Dwarf_Addr begin = 0;
  Dwarf_Addr end = 0;
  Dwarf_Op* operations = nullptr;
  std::size_t count = 0;
  std::ptrdiff_t next = 0;
  while ((next = dw.dwarf_getlocations(&attribute, next, &base, &begin, &end,
                                       &operations, &count)) > 0) {
    if (count != 1) continue;
    if (operations->atom == kFromFramePointer) {
      return frame.pointer() + operations->number;
    }
    if (operations->atom == DW_OP_fbreg && frame.base) {
      return *frame.base + operations->number;
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> size_of(const Libdw& dw, Dwarf_Die& variable) {
  std::optional<Dwarf_Die> type = type_of(dw, variable);
  Dwarf_Word size = 0;
  if (!type || dw.dwarf_aggregate_size(&*type, &size) != 0) return std::nullopt;
  return size;
}

std::optional<StackVariable> variable_in(const Libdw& dw, Dwarf_Die& scope,
                                         const Frame& frame,
                                         std::uint64_t address) {
  Dwarf_Die die;
  if (dw.dwarf_child(&scope, &die) != 0) return std::nullopt;
  do {
    const int tag = dw.dwarf_tag(&die);
    if (tag != DW_TAG_variable && tag != DW_TAG_formal_parameter) continue;
    const std::optional<std::uint64_t> home = home_of(dw, die, frame);
    const std::uint64_t size = size_of(dw, die).value_or(0);
    if (home && address >= *home && address - *home < size) {
      return StackVariable{die, *home, size};
    }
  } while (dw.dwarf_siblingof(&die, &die) == 0);
  return std::nullopt;
}

}  // namespace

std::optional<Dwarf_Die> type_of(const Libdw& dw, Dwarf_Die& variable) {
  Dwarf_Attribute attribute;
  Dwarf_Die type;
  if (dw.dwarf_attr_integrate(&variable, DW_AT_type, &attribute) == nullptr ||
      dw.dwarf_formref_die(&attribute, &type) == nullptr) {
    return std::nullopt;
  }
  return type;
}

std::optional<StackVariable> stack_variable(const Libdw& dw,
                                            std::vector<Dwarf_Die> scopes,
                                            std::uint64_t end,
                                            std::uint64_t address) {
  Frame frame{.end = end};
  std::optional<StackVariable> found;
  std::size_t inlined = 0;
  for (Dwarf_Die& scope : scopes) {
    if (dw.dwarf_tag(&scope) == DW_TAG_subprogram) {
      frame.base = base_of(dw, scope, frame);
    }
    if (dw.dwarf_tag(&scope) == DW_TAG_inlined_subroutine) ++inlined;
    if (auto inner = variable_in(dw, scope, frame, address)) {
      found = inner;
      found->inlined = inlined;
    }
  }
  return found;
}

std::vector<CallFrame> frames_around(
    std::uint64_t address, std::uint64_t high,
    const std::vector<std::vector<std::uint64_t>>& stacks) {
  std::unordered_multimap<std::uint64_t, std::uint64_t> pcs;  // by return
  for (const std::vector<std::uint64_t>& stack : stacks) {
    for (std::size_t i = 0; i + 1 < stack.size(); ++i) {
      pcs.emplace(stack[i + 1] + 1, stack[i]);
    }
  }
  constexpr std::uint64_t kBytesMax = std::uint64_t{1} << 20;
  constexpr std::size_t kFramesMax = 32;
  const std::uint64_t first =
      (address + kWordBytes - 1) / kWordBytes * kWordBytes;
  const std::uint64_t last = std::min(high, first + kBytesMax);
  std::vector<CallFrame> frames;
  for (std::uint64_t at = first; at + kWordBytes <= last; at += kWordBytes) {
    // Its owner may be running.
    const std::uint64_t word =
        *reinterpret_cast<const volatile std::uint64_t*>(at);
    const auto [begin, end] = pcs.equal_range(word);
    for (auto each = begin; each != end; ++each) {
      frames.push_back({each->second, at + kWordBytes});
    }
    if (frames.size() >= kFramesMax) break;
  }
  return frames;
}

}  // namespace chansan::live
