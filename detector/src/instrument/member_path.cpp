#include "detector/src/instrument/member_path.h"

#include <cctype>
#include <iterator>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace chansan::live {

namespace {

constexpr int kNestedMax = 64;
constexpr std::uint64_t kBitsPerByte = 8;

// A part of an object, and the bytes in question inside of it.
struct Part {
  std::string name;  // as it is written behind the whole's
  Dwarf_Die type;
  std::uint64_t offset = 0;
};

class Walk {
 public:
  Walk(const Libdw& dw, std::uint32_t size) : dw_(dw), size_(size) {}

  std::string path(Dwarf_Die type, std::uint64_t offset) const {
    std::string path;
    for (int i = 0; i < kNestedMax; ++i) {
      std::optional<Part> part = part_at(type, offset);
      if (!part) break;
      path += part->name;
      type = part->type;
      offset = part->offset;
    }
    return path;
  }

 private:
  std::optional<Part> part_at(Dwarf_Die type, std::uint64_t offset) const {
    Dwarf_Die plain;
    if (dw_.dwarf_peel_type(&type, &plain) != 0) return std::nullopt;
    switch (dw_.dwarf_tag(&plain)) {
      case DW_TAG_structure_type:
      case DW_TAG_class_type:
        return member_at(plain, offset);
      case DW_TAG_array_type:
        return element_at(plain, offset);
      default:
        // Which member of a union is meant nobody can tell.
        return std::nullopt;
    }
  }

  std::optional<std::uint64_t> number(Dwarf_Die& die, unsigned name) const {
    Dwarf_Attribute attribute;
    Dwarf_Word value = 0;
    if (dw_.dwarf_attr(&die, name, &attribute) == nullptr ||
        dw_.dwarf_formudata(&attribute, &value) != 0) {
      return std::nullopt;
    }
    return value;
  }

  bool type_of(Dwarf_Die& die, Dwarf_Die& type) const {
    Dwarf_Attribute attribute;
    return dw_.dwarf_attr_integrate(&die, DW_AT_type, &attribute) != nullptr &&
           dw_.dwarf_formref_die(&attribute, &type) != nullptr;
  }

  // Whose names begin so are the implementation's.
  static bool is_reserved(std::string_view name) {
    return name.starts_with("__") ||
           (name.size() > 1 && name[0] == '_' &&
            std::isupper(static_cast<unsigned char>(name[1])) != 0);
  }

  // The bits of `die`, a member or a base, in its object.
  std::optional<std::pair<std::uint64_t, std::uint64_t>> bits_of(
      Dwarf_Die& die, Dwarf_Die& type) const {
    if (const auto bit = number(die, DW_AT_data_bit_offset)) {
      return std::pair{*bit, number(die, DW_AT_bit_size).value_or(1)};
    }
    const auto at = number(die, DW_AT_data_member_location);
    Dwarf_Word bytes = 0;
    if (!at || dw_.dwarf_aggregate_size(&type, &bytes) != 0) {
      return std::nullopt;
    }
    return std::pair{*at * kBitsPerByte, bytes * kBitsPerByte};
  }

  std::optional<Part> member_at(Dwarf_Die structure,
                                std::uint64_t offset) const {
    std::optional<Part> found;
    const std::uint64_t low = offset * kBitsPerByte;
    const std::uint64_t high = low + size_ * kBitsPerByte;
    Dwarf_Die die;
    if (dw_.dwarf_child(&structure, &die) != 0) return std::nullopt;
    do {
      const int tag = dw_.dwarf_tag(&die);
      if (tag != DW_TAG_member && tag != DW_TAG_inheritance) continue;
      Dwarf_Die type;
      if (!type_of(die, type)) continue;
      const auto bits = bits_of(die, type);
      if (!bits || bits->first + bits->second <= low || bits->first >= high) {
        continue;
      }
      // Of an empty base at the same place nothing is at this offset.
      const char* name = dw_.dwarf_diename(&die);
      const std::string_view own = name == nullptr ? "" : name;
      if (tag == DW_TAG_inheritance && bits->second == kBitsPerByte &&
          is_empty(type)) {
        continue;
      }
      if (found || is_reserved(own) || own.starts_with("_vptr")) {
        return std::nullopt;
      }
      // Of a bit-field the byte may be before its first bit.
      const std::uint64_t begin = bits->first / kBitsPerByte;
      found = Part{own.empty() || tag == DW_TAG_inheritance
                       ? std::string()
                       : "." + std::string(own),
                   type, offset > begin ? offset - begin : 0};
    } while (dw_.dwarf_siblingof(&die, &die) == 0);
    return found;
  }

  bool is_empty(Dwarf_Die type) const {
    Dwarf_Die plain;
    Dwarf_Die die;
    if (dw_.dwarf_peel_type(&type, &plain) != 0) return false;
    if (dw_.dwarf_child(&plain, &die) != 0) return true;
    do {
      const int tag = dw_.dwarf_tag(&die);
      if ((tag == DW_TAG_member && !dw_.dwarf_hasattr(&die, DW_AT_external)) ||
          tag == DW_TAG_inheritance) {
        return false;
      }
    } while (dw_.dwarf_siblingof(&die, &die) == 0);
    return true;
  }

  // How many elements each dimension has, the first one's possibly unknown.
  std::vector<std::uint64_t> dimensions(Dwarf_Die& array) const {
    std::vector<std::uint64_t> counts;
    Dwarf_Die die;
    if (dw_.dwarf_child(&array, &die) != 0) return counts;
    do {
      if (dw_.dwarf_tag(&die) != DW_TAG_subrange_type) continue;
      if (const auto count = number(die, DW_AT_count)) {
        counts.push_back(*count);
      } else if (const auto last = number(die, DW_AT_upper_bound)) {
        counts.push_back(*last + 1);
      } else {
        counts.push_back(0);
      }
    } while (dw_.dwarf_siblingof(&die, &die) == 0);
    return counts;
  }

  std::optional<Part> element_at(Dwarf_Die array, std::uint64_t offset) const {
    Part part;
    Dwarf_Word bytes = 0;
    if (!type_of(array, part.type) ||
        dw_.dwarf_aggregate_size(&part.type, &bytes) != 0 || bytes == 0) {
      return std::nullopt;
    }
    part.offset = offset % bytes;
    // Several elements at once have no name.
    if (part.offset + size_ > bytes) return std::nullopt;
    std::uint64_t index = offset / bytes;
    const std::vector<std::uint64_t> counts = dimensions(array);
    for (std::size_t i = counts.size(); i-- > 0;) {
      const bool outermost = i == 0;
      if (!outermost && counts[i] == 0) return std::nullopt;
      const std::uint64_t own = outermost ? index : index % counts[i];
      part.name.insert(0, "[" + std::to_string(own) + "]");
      if (!outermost) index /= counts[i];
    }
    return part;
  }

  const Libdw& dw_;
  const std::uint32_t size_;
};

}  // namespace

std::string member_path(const Libdw& dw, Dwarf_Die type, std::uint64_t offset,
                        std::uint32_t size) {
  return Walk(dw, size).path(type, offset);
}

}  // namespace chansan::live
