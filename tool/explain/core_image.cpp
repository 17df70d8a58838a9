// Core files, as Linux writes them (core(5), elf(5)).
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <gelf.h>
#include <sys/procfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "tool/explain/process_image.h"

namespace chansan {
namespace {

// A part of memory that the core file has.
struct Segment {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;  // in the file
};

// A file that was mapped.
struct Mapping {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::string path;
};

// NT_FILE: a count, the size of a page, (begin, end, page offset) for each,
// then their names, each with its 0.
std::vector<Mapping> mappings_of(std::span<const std::byte> content) {
  std::vector<Mapping> mappings;
  const auto word = [&](std::size_t index) {
    std::uint64_t value = 0;
    std::memcpy(&value, content.data() + index * 8, 8);
    return value;
  };
  if (content.size() < 16) return mappings;
  const std::uint64_t count = word(0);
  if (count > content.size() / 24) return mappings;
  std::size_t name_at = 16 + static_cast<std::size_t>(count) * 24;
  for (std::size_t i = 0; i < count && name_at < content.size(); ++i) {
    const char* const name =
        reinterpret_cast<const char*>(content.data() + name_at);
    const std::size_t length = strnlen(name, content.size() - name_at);
    mappings.push_back(
        {word(2 + i * 3), word(3 + i * 3), std::string(name, length)});
    name_at += length + 1;
  }
  return mappings;
}

std::uint64_t entry_of(std::span<const std::byte> auxiliary) {
  constexpr std::uint64_t kEntry = 9;  // AT_ENTRY
  for (std::size_t at = 0; at + 16 <= auxiliary.size(); at += 16) {
    std::uint64_t pair[2];
    std::memcpy(pair, auxiliary.data() + at, 16);
    if (pair[0] == kEntry) return pair[1];
  }
  return 0;
}

// Unwinding needs no debug information; lines are looked up elsewhere.
int no_debug_file(Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*,
                  const char*, GElf_Word, char**) {
  return -1;
}

constexpr Dwfl_Callbacks kCallbacks = {&dwfl_build_id_find_elf, &no_debug_file,
                                       nullptr, nullptr};

class CoreImage final : public ProcessImage {
 public:
  ~CoreImage() override {
    if (elf_ != nullptr) elf_end(elf_);
    if (file_ >= 0) close(file_);
  }

  std::string open(const std::string& path, const std::string& program) {
    elf_version(EV_CURRENT);
    file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file_ < 0) return "cannot read it: " + std::string(strerror(errno));
    elf_ = elf_begin(file_, ELF_C_READ_MMAP, nullptr);
    GElf_Ehdr header;
    if (elf_ == nullptr || gelf_getehdr(elf_, &header) == nullptr ||
        header.e_type != ET_CORE || header.e_machine != EM_X86_64) {
      return "it is not a core file of an x86-64 program";
    }
    read_headers();
    if (threads_.empty()) return "the core file has no threads in it";
    program_ = program.empty() ? named_program() : program;
    if (program_.empty()) {
      return "the core file does not say of which program it is; give it "
             "with --exe";
    }
    if (access(program_.c_str(), R_OK) != 0) {
      return "cannot read the program " + program_ + ": " + strerror(errno) +
             "; say with --exe where it is";
    }
    return report_modules();
  }

  bool read(std::uint64_t address, std::span<std::byte> to) override {
    auto after = std::upper_bound(
        segments_.begin(), segments_.end(), address,
        [](std::uint64_t at, const Segment& s) { return at < s.address; });
    if (after != segments_.begin()) {
      const Segment& segment = *std::prev(after);
      const std::uint64_t inside = address - segment.address;
      if (inside + to.size() <= segment.size &&
          segment.offset + inside + to.size() <= size_) {
        std::memcpy(to.data(), bytes_ + segment.offset + inside, to.size());
        return true;
      }
    }
    return read_from_files(address, to);
  }

 private:
  void read_headers() {
    bytes_ = elf_rawfile(elf_, &size_);
    std::size_t count = 0;
    elf_getphdrnum(elf_, &count);
    for (std::size_t i = 0; i < count; ++i) {
      GElf_Phdr header;
      if (gelf_getphdr(elf_, static_cast<int>(i), &header) == nullptr) continue;
      if (header.p_type == PT_LOAD && header.p_filesz > 0) {
        segments_.push_back({header.p_vaddr, header.p_filesz, header.p_offset});
      }
      if (header.p_type == PT_NOTE) read_notes(header);
    }
    std::sort(segments_.begin(), segments_.end(),
              [](const Segment& a, const Segment& b) {
                return a.address < b.address;
              });
  }

  void read_notes(const GElf_Phdr& header) {
    Elf_Data* const data =
        elf_getdata_rawchunk(elf_, static_cast<std::int64_t>(header.p_offset),
                             header.p_filesz, ELF_T_NHDR);
    if (data == nullptr) return;
    GElf_Nhdr note;
    std::size_t at = 0;
    std::size_t name_at = 0;
    std::size_t content_at = 0;
    while ((at = gelf_getnote(data, at, &note, &name_at, &content_at)) > 0) {
      const auto* const content =
          static_cast<const std::byte*>(data->d_buf) + content_at;
      take_note(note.n_type, {content, note.n_descsz});
    }
  }

  void take_note(std::uint32_t type, std::span<const std::byte> content) {
    if (type == NT_PRSTATUS && content.size() >= sizeof(prstatus_t)) {
      prstatus_t status;
      std::memcpy(&status, content.data(), sizeof status);
      user_regs_struct registers;
      static_assert(sizeof registers == sizeof status.pr_reg);
      std::memcpy(&registers, &status.pr_reg, sizeof registers);
      // The first is the thread that the signal found.
      if (threads_.empty()) signal_ = status.pr_cursig;
      threads_.push_back({status.pr_pid, registers_of(registers)});
    } else if (type == NT_FILE) {
      mappings_ = mappings_of(content);
    } else if (type == NT_AUXV) {
      entry_ = entry_of(content);
    }
  }

  // The file that the first instruction of the process was in.
  std::string named_program() const {
    for (const Mapping& mapping : mappings_) {
      if (entry_ >= mapping.begin && entry_ < mapping.end) return mapping.path;
    }
    return "";
  }

  std::string report_modules() {
    modules_ = dwfl_begin(&kCallbacks);
    dwfl_report_begin(modules_);
    const int count = dwfl_core_file_report(modules_, elf_, program_.c_str());
    dwfl_report_end(modules_, nullptr, nullptr);
    if (count <= 0) {
      return "cannot tell which files were mapped: " +
             std::string(dwfl_errmsg(-1));
    }
    if (!attach_unwinder(threads_.front().id)) {
      return "cannot read its stacks: " + std::string(dwfl_errmsg(-1));
    }
    return "";
  }

  int file_ = -1;
  Elf* elf_ = nullptr;
  const char* bytes_ = nullptr;  // of the file
  std::size_t size_ = 0;
  std::vector<Segment> segments_;  // by rising address
  std::vector<Mapping> mappings_;
  std::uint64_t entry_ = 0;
};

}  // namespace

std::unique_ptr<ProcessImage> open_core(const std::string& path,
                                        const std::string& program,
                                        std::string& problem) {
  auto image = std::make_unique<CoreImage>();
  problem = image->open(path, program);
  if (!problem.empty()) return nullptr;
  return image;
}

bool is_core_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  char header[18] = {};
  file.read(header, sizeof header);
  constexpr char kCore = 4;  // ET_CORE
  return file && std::memcmp(header, ELFMAG, SELFMAG) == 0 &&
         header[16] == kCore && header[17] == 0;
}

}  // namespace chansan
