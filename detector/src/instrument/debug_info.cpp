#include "detector/src/instrument/debug_info.h"

#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include "detector/src/instrument/libdw.h"
#include "detector/src/instrument/member_path.h"
#include "detector/src/instrument/stack_variable.h"

namespace chansan::live {

// One process's modules. A library that is loaded later is found when it is
// asked for.
class DebugInfo::Reader {
 public:
  static std::unique_ptr<Reader> make() {
    std::optional<Libdw> dw = Libdw::load();
    if (!dw) return nullptr;
    auto reader = std::make_unique<Reader>(*dw);
    if (reader->dwfl_ == nullptr) return nullptr;
    return reader;
  }

  explicit Reader(const Libdw& dw) : dw_(dw) {
    callbacks_.find_elf = dw_.dwfl_linux_proc_find_elf;
    // Nothing is fetched over a network while a report is made.
    callbacks_.find_debuginfo =
        std::getenv("DEBUGINFOD_URLS") == nullptr
            ? dw_.dwfl_standard_find_debuginfo
            : [](Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*,
                 const char*, GElf_Word, char**) { return -1; };
    dwfl_ = dw_.dwfl_begin(&callbacks_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() {
    if (dwfl_ != nullptr) dw_.dwfl_end(dwfl_);
  }

  void add_columns(std::uint64_t pc, Stack& frames) {
    Dwarf_Addr bias = 0;
    Dwarf_Die* unit = unit_of(pc, bias);
    if (unit == nullptr) return;
    const Dwarf_Addr address = pc - bias;
    int line = 0;
    int column = 0;
    Dwarf_Line* row = dw_.dwarf_getsrc_die(unit, address);
    if (row != nullptr && dw_.dwarf_lineno(row, &line) == 0 &&
        dw_.dwarf_linecol(row, &column) == 0) {
      set_column(frames, 0, line, column);
    }
    std::vector<Dwarf_Die> scopes = scopes_at(*unit, address);
    for (std::size_t next = 1; !scopes.empty(); scopes.pop_back()) {
      if (dw_.dwarf_tag(&scopes.back()) != DW_TAG_inlined_subroutine) continue;
      set_column(frames, next++, number(scopes.back(), DW_AT_call_line),
                 number(scopes.back(), DW_AT_call_column));
    }
  }

  Declaration declaration_of_global(std::uint64_t address, std::uint64_t offset,
                                    std::uint32_t size) {
    const auto [place, is_new] = globals_.try_emplace(address);
    if (is_new) place->second = find_global(address);
    if (!place->second) return {};
    return declaration_of(place->second->die, place->second->unit, offset,
                          size);
  }

  Local local_at(const CallFrame& frame, std::uint64_t address,
                 std::uint32_t size) {
    Local local;
    Dwarf_Addr bias = 0;
    Dwarf_Die* unit = unit_of(frame.pc, bias);
    if (unit == nullptr) return local;
    std::optional<StackVariable> found = stack_variable(
        dw_, scopes_at(*unit, frame.pc - bias), frame.end, address);
    if (!found) return local;
    if (const char* name = dw_.dwarf_diename(&found->die)) local.name = name;
    local.address = found->address;
    local.size = found->size;
    local.inlined = found->inlined;
    local.declaration =
        declaration_of(found->die, *unit, address - found->address, size);
    return local;
  }

 private:
  Declaration declaration_of(Dwarf_Die variable, Dwarf_Die& unit,
                             std::uint64_t offset, std::uint32_t size) {
    Declaration declaration;
    declaration.location = place_of(variable, unit);
    if (std::optional<Dwarf_Die> type = type_of(dw_, variable)) {
      declaration.member = member_path(dw_, *type, offset, size);
    }
    return declaration;
  }

  // The two ways to the lines agree on what is one frame, or say nothing.
  static void set_column(Stack& frames, std::size_t index, std::uint64_t line,
                         std::uint64_t column) {
    if (index >= frames.size() || frames[index].location.line != line) return;
    frames[index].location.column = static_cast<std::uint32_t>(column);
  }

  Dwfl_Module* module_of(std::uint64_t address) {
    if (Dwfl_Module* module = dw_.dwfl_addrmodule(dwfl_, address)) {
      return module;
    }
    dw_.dwfl_report_begin_add(dwfl_);
    dw_.dwfl_linux_proc_report(dwfl_, getpid());
    dw_.dwfl_report_end(dwfl_, nullptr, nullptr);
    return dw_.dwfl_addrmodule(dwfl_, address);
  }

  Dwarf_Die* unit_of(std::uint64_t pc, Dwarf_Addr& bias) {
    Dwfl_Module* module = module_of(pc);
    if (module == nullptr) return nullptr;
    // By the table of addresses, which clang does not make; else one by one.
    if (Dwarf_Die* unit = dw_.dwfl_module_addrdie(module, pc, &bias)) {
      return unit;
    }
    Dwarf_Die* unit = nullptr;
    while ((unit = dw_.dwfl_module_nextcu(module, unit, &bias)) != nullptr) {
      if (dw_.dwarf_haspc(unit, pc - bias) > 0) return unit;
    }
    return nullptr;
  }

  // The functions and blocks around `address`, innermost last.
  // (dwarf_getscopes() does not come through to all of those that clang
  // describes.)
  std::vector<Dwarf_Die> scopes_at(Dwarf_Die parent, Dwarf_Addr address) {
    std::vector<Dwarf_Die> scopes;
    while (std::optional<Dwarf_Die> scope = scope_below(parent, address)) {
      scopes.push_back(*scope);
      parent = *scope;
    }
    return scopes;
  }

  std::optional<Dwarf_Die> scope_below(Dwarf_Die parent, Dwarf_Addr address) {
    Dwarf_Die die;
    if (dw_.dwarf_child(&parent, &die) != 0) return std::nullopt;
    do {
      switch (dw_.dwarf_tag(&die)) {
        case DW_TAG_namespace:
          if (auto found = scope_below(die, address)) return found;
          break;
        case DW_TAG_subprogram:
        case DW_TAG_inlined_subroutine:
        case DW_TAG_lexical_block:
          if (dw_.dwarf_haspc(&die, address) > 0) return die;
          break;
        default:
          break;
      }
    } while (dw_.dwarf_siblingof(&die, &die) == 0);
    return std::nullopt;
  }

  std::uint64_t number(Dwarf_Die& die, unsigned name) {
    Dwarf_Attribute attribute;
    Dwarf_Word value = 0;
    if (dw_.dwarf_attr(&die, name, &attribute) == nullptr) return 0;
    return dw_.dwarf_formudata(&attribute, &value) == 0 ? value : 0;
  }

  Location place_of(Dwarf_Die& variable, Dwarf_Die& unit) {
    Location place;
    int line = 0;
    int column = 0;
    if (dw_.dwarf_decl_line(&variable, &line) != 0) return place;
    place.file = file_of(variable, unit);
    if (place.file.empty()) return place;
    place.line = static_cast<std::uint32_t>(line);
    if (dw_.dwarf_decl_column(&variable, &column) == 0) {
      place.column = static_cast<std::uint32_t>(column);
    }
    return place;
  }

  // Number 0 is the unit's own file in DWARF 5; libdw has it for "none".
  std::string file_of(Dwarf_Die& variable, Dwarf_Die& unit) {
    if (const char* file = dw_.dwarf_decl_file(&variable)) return file;
    Dwarf_Attribute attribute;
    const char* file = dw_.dwarf_diename(&unit);
    if (file == nullptr || *file == '/' ||
        dw_.dwarf_attr(&unit, DW_AT_comp_dir, &attribute) == nullptr) {
      return file == nullptr ? "" : file;
    }
    const char* folder = dw_.dwarf_formstring(&attribute);
    return folder == nullptr ? file : std::string(folder) + "/" + file;
  }

  // There is no index of variables: the units are read from the beginning,
  // until this many entries of a program have been seen.
  static constexpr int kEntriesMax = 2'000'000;

  struct Global {
    Dwarf_Die die;
    Dwarf_Die unit;
  };

  std::optional<Global> find_global(std::uint64_t address) {
    Dwfl_Module* module = module_of(address);
    if (module == nullptr) return std::nullopt;
    int left = kEntriesMax;
    Dwarf_Addr bias = 0;
    Dwarf_Die* unit = nullptr;
    while (left > 0 && (unit = dw_.dwfl_module_nextcu(module, unit, &bias))) {
      if (const auto found = find_below(*unit, address - bias, left)) {
        return Global{*found, *unit};
      }
    }
    return std::nullopt;
  }

  std::optional<Dwarf_Die> find_below(Dwarf_Die& parent, Dwarf_Addr address,
                                      int& left) {
    Dwarf_Die die;
    if (dw_.dwarf_child(&parent, &die) != 0) return std::nullopt;
    do {
      if (--left <= 0) return std::nullopt;
      switch (dw_.dwarf_tag(&die)) {
        case DW_TAG_variable:
          if (stands_at(die, address)) return die;
          break;
        case DW_TAG_namespace:
        case DW_TAG_subprogram:
        case DW_TAG_lexical_block:
          if (auto found = find_below(die, address, left)) return found;
          break;
        default:
          break;
      }
    } while (dw_.dwarf_siblingof(&die, &die) == 0);
    return std::nullopt;
  }

  bool stands_at(Dwarf_Die& variable, Dwarf_Addr address) {
    Dwarf_Attribute attribute;
    Dwarf_Op* operations = nullptr;
    std::size_t count = 0;
    if (dw_.dwarf_attr(&variable, DW_AT_location, &attribute) == nullptr ||
        dw_.dwarf_getlocation(&attribute, &operations, &count) != 0 ||
        count != 1) {
      return false;
    }
    if (operations->atom == DW_OP_addr) return operations->number == address;
    Dwarf_Attribute indirect;
    Dwarf_Addr found = 0;
    return (operations->atom == DW_OP_addrx ||
            operations->atom == DW_OP_GNU_addr_index) &&
           dw_.dwarf_getlocation_attr(&attribute, operations, &indirect) == 0 &&
           dw_.dwarf_formaddr(&indirect, &found) == 0 && found == address;
  }

  const Libdw dw_;
  Dwfl_Callbacks callbacks_{};
  Dwfl* dwfl_ = nullptr;
  std::map<std::uint64_t, std::optional<Global>> globals_;
};

DebugInfo::DebugInfo() = default;
DebugInfo::~DebugInfo() = default;

DebugInfo::Reader* DebugInfo::reader() {
  if (!is_tried_) {
    is_tried_ = true;
    reader_ = Reader::make();
  }
  return reader_.get();
}

void DebugInfo::add_columns(std::uint64_t pc, Stack& frames) {
  // Where there are no lines, there are no columns.
  if (frames.empty() || frames.front().location.line == 0) return;
  if (Reader* reader = this->reader()) reader->add_columns(pc, frames);
}

Declaration DebugInfo::declaration_of_global(std::uint64_t address,
                                             std::uint64_t offset,
                                             std::uint32_t size) {
  Reader* reader = this->reader();
  if (reader == nullptr) return {};
  return reader->declaration_of_global(address, offset, size);
}

Local DebugInfo::local_at(const CallFrame& frame, std::uint64_t address,
                          std::uint32_t size) {
  Reader* reader = this->reader();
  return reader == nullptr ? Local{} : reader->local_at(frame, address, size);
}

}  // namespace chansan::live
