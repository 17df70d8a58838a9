// Unwinding is elfutils': it evaluates the call frame information that every
// program carries, so neither frame pointers nor debug information is needed.
#include "tool/explain/process_image.h"

#include <elfutils/libdwfl.h>
#include <gelf.h>
#include <sys/user.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace chansan {

struct UnwindCallbacks {
  // One thread at a time is presented: the one that is being unwound.
  static pid_t next_thread(Dwfl*, void* image, void** argument) {
    if (*argument != nullptr) return 0;
    *argument = image;
    return 1;
  }

  static bool get_thread(Dwfl*, pid_t, void* image, void** argument) {
    *argument = image;
    return true;
  }

  static bool memory_read(Dwfl*, Dwarf_Addr address, Dwarf_Word* result,
                          void* image) {
    return static_cast<ProcessImage*>(image)->read(
        address, std::as_writable_bytes(std::span(result, 1)));
  }

  static bool set_registers(Dwfl_Thread* thread, void* argument) {
    const auto* image = static_cast<const ProcessImage*>(argument);
    const auto& values = image->unwinding_->values;
    return dwfl_thread_state_registers(
        thread, 0, static_cast<unsigned>(values.size()), values.data());
  }

  static constexpr Dwfl_Thread_Callbacks kAll = {&next_thread, &get_thread,
                                                 &memory_read, &set_registers,
                                                 nullptr,      nullptr};
};

namespace {

constexpr std::size_t kFramesMax = 256;

int add_frame(Dwfl_Frame* frame, void* argument) {
  auto& [pcs, registers] = *static_cast<ProcessImage::Frames*>(argument);
  Dwarf_Addr pc = 0;
  bool activation = false;
  if (!dwfl_frame_pc(frame, &pc, &activation) || pc == 0) {
    return DWARF_CB_ABORT;
  }
  // A return address is the instruction after the call.
  pcs.push_back(activation && pcs.empty() ? pc : pc - 1);
  Registers known;
  for (const std::size_t number :
       {Registers::kRbx, Registers::kRbp, Registers::kRsp, Registers::kR12,
        Registers::kR13, Registers::kR14, Registers::kR15}) {
    Dwarf_Word value = 0;
    if (dwfl_frame_reg(frame, static_cast<unsigned>(number), &value) == 0) {
      known.values[number] = value;
    }
  }
  registers.push_back(known);
  return pcs.size() < kFramesMax ? DWARF_CB_OK : DWARF_CB_ABORT;
}

// What a search over the modules is for, and what it found.
struct NoteSearch {
  const std::string* name;
  std::uint32_t type;
  std::uint64_t found = 0;
};

std::uint64_t note_in_segment(Elf* elf, const GElf_Phdr& segment,
                              const NoteSearch& search) {
  Elf_Data* const data = elf_getdata_rawchunk(
      elf, static_cast<std::int64_t>(segment.p_offset), segment.p_filesz,
      segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
  if (data == nullptr) return 0;
  std::size_t at = 0;
  GElf_Nhdr note;
  std::size_t name_at = 0;
  std::size_t content_at = 0;
  while ((at = gelf_getnote(data, at, &note, &name_at, &content_at)) > 0) {
    const char* const name = static_cast<const char*>(data->d_buf) + name_at;
    const bool same =
        note.n_namesz == search.name->size() + 1 &&
        std::memcmp(name, search.name->c_str(), note.n_namesz) == 0;
    if (same && note.n_type == search.type) {
      return segment.p_vaddr + content_at;
    }
  }
  return 0;
}

// Each program header of `elf`, until `visit` returns true.
template <class Visit>
void find_segment(Elf* elf, Visit visit) {
  std::size_t count = 0;
  if (elf == nullptr || elf_getphdrnum(elf, &count) != 0) return;
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf, static_cast<int>(i), &segment) != nullptr &&
        visit(segment)) {
      return;
    }
  }
}

int search_module(Dwfl_Module* module, void**, const char*, Dwarf_Addr,
                  void* argument) {
  auto& search = *static_cast<NoteSearch*>(argument);
  GElf_Addr bias = 0;
  Elf* const elf = dwfl_module_getelf(module, &bias);
  find_segment(elf, [&](const GElf_Phdr& segment) {
    if (segment.p_type != PT_NOTE) return false;
    const std::uint64_t at = note_in_segment(elf, segment, search);
    if (at != 0) search.found = at + bias;
    return at != 0;
  });
  return search.found == 0 ? DWARF_CB_OK : DWARF_CB_ABORT;
}

using Ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

int add_variables(Dwfl_Module* module, void**, const char* name, Dwarf_Addr,
                  void* argument) {
  // A core file may know a library by its own name only.
  const char* file = nullptr;
  dwfl_module_info(module, nullptr, nullptr, nullptr, nullptr, nullptr, &file,
                   nullptr);
  if (file == nullptr) file = name;
  const std::string_view path = file == nullptr ? "" : file;
  if (path.starts_with("/lib") || path.starts_with("/usr/lib")) {
    return DWARF_CB_OK;
  }
  GElf_Addr bias = 0;
  Elf* const elf = dwfl_module_getelf(module, &bias);
  find_segment(elf, [&](const GElf_Phdr& segment) {
    if (segment.p_type == PT_LOAD && (segment.p_flags & PF_W) != 0) {
      const std::uint64_t begin = segment.p_vaddr + bias;
      static_cast<Ranges*>(argument)->emplace_back(begin,
                                                   begin + segment.p_memsz);
    }
    return false;
  });
  return DWARF_CB_OK;
}

}  // namespace

ProcessImage::~ProcessImage() {
  if (modules_ != nullptr) dwfl_end(modules_);
}

Registers ProcessImage::registers_of(const user_regs_struct& from) {
  return {{from.rax, from.rdx, from.rcx, from.rbx, from.rsi, from.rdi, from.rbp,
           from.rsp, from.r8, from.r9, from.r10, from.r11, from.r12, from.r13,
           from.r14, from.r15, from.rip}};
}

bool ProcessImage::attach_unwinder(pid_t pid) {
  return dwfl_attach_state(modules_, nullptr, pid, &UnwindCallbacks::kAll,
                           this);
}

ProcessImage::Frames ProcessImage::unwind(const Registers& registers) {
  Frames frames;
  unwinding_ = &registers;
  dwfl_getthread_frames(modules_, 1, &add_frame, &frames);
  unwinding_ = nullptr;
  return frames;
}

std::optional<FileAddress> ProcessImage::file_address(std::uint64_t address) {
  Dwfl_Module* const module = dwfl_addrmodule(modules_, address);
  if (module == nullptr) return std::nullopt;
  GElf_Addr bias = 0;
  if (dwfl_module_getelf(module, &bias) == nullptr) return std::nullopt;
  const char* path = nullptr;
  const char* const name = dwfl_module_info(module, nullptr, nullptr, nullptr,
                                            nullptr, nullptr, &path, nullptr);
  if (path == nullptr) path = name;
  if (path == nullptr) return std::nullopt;
  return FileAddress{path, address - bias};
}

bool ProcessImage::read_from_files(std::uint64_t address,
                                   std::span<std::byte> to) {
  Dwfl_Module* const module = dwfl_addrmodule(modules_, address);
  if (module == nullptr) return false;
  GElf_Addr bias = 0;
  Elf* const elf = dwfl_module_getelf(module, &bias);
  std::size_t size = 0;
  const char* const file = elf == nullptr ? nullptr : elf_rawfile(elf, &size);
  if (file == nullptr) return false;
  const std::uint64_t inside = address - bias;
  bool found = false;
  find_segment(elf, [&](const GElf_Phdr& segment) {
    const std::uint64_t at = segment.p_offset + (inside - segment.p_vaddr);
    found = segment.p_type == PT_LOAD && inside >= segment.p_vaddr &&
            inside + to.size() <= segment.p_vaddr + segment.p_filesz &&
            at + to.size() <= size;
    if (found) std::memcpy(to.data(), file + at, to.size());
    return found;
  });
  return found;
}

Ranges ProcessImage::variables() {
  Ranges ranges;
  dwfl_getmodules(modules_, &add_variables, &ranges, 0);
  return ranges;
}

std::uint64_t ProcessImage::find_note(const std::string& name,
                                      std::uint32_t type) {
  NoteSearch search{&name, type};
  dwfl_getmodules(modules_, &search_module, &search, 0);
  return search.found;
}

}  // namespace chansan
