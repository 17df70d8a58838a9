// A process as it can be looked at from outside: a core file, or a live
// process that is stopped meanwhile. Nothing of it is run.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

struct Dwfl;
struct user_regs_struct;

namespace chansan {

/// By the numbers that DWARF gives them on x86-64; 7 is rsp.
struct Registers {
  static constexpr std::size_t kRbx = 3;
  static constexpr std::size_t kRbp = 6;
  static constexpr std::size_t kRsp = 7;
  static constexpr std::size_t kR12 = 12;
  static constexpr std::size_t kR13 = 13;
  static constexpr std::size_t kR14 = 14;
  static constexpr std::size_t kR15 = 15;
  static constexpr std::size_t kRip = 16;
  std::array<std::uint64_t, 17> values{};
};

struct OsThread {
  pid_t id = 0;
  Registers registers;
};

/// An address as the file knows it that was mapped there.
struct FileAddress {
  std::string path;
  std::uint64_t address = 0;
};

class ProcessImage {
 public:
  virtual ~ProcessImage();
  ProcessImage(const ProcessImage&) = delete;
  ProcessImage& operator=(const ProcessImage&) = delete;

  /// Copies memory at `address`. Returns whether all of it is there.
  virtual bool read(std::uint64_t address, std::span<std::byte> to) = 0;

  /// The number at `address`; 0 if it is not there.
  template <class Number>
  Number number(std::uint64_t address) {
    Number value{};
    read(address, std::as_writable_bytes(std::span(&value, 1)));
    return value;
  }

  const std::vector<OsThread>& threads() const { return threads_; }

  /// The signal that ended it; 0: none, it lives.
  int signal() const { return signal_; }
  /// The program's file.
  const std::string& program() const { return program_; }

  /// A stack, innermost frame first.
  struct Frames {
    std::vector<std::uint64_t> pcs;  // each points into its call
    /// As each frame has them, zero where they are not known.
    std::vector<Registers> registers;
  };
  Frames unwind(const Registers& registers);

  std::optional<FileAddress> file_address(std::uint64_t address);

  /// The global variables of the program's own files: begin and end of each
  /// writable part.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> variables();

  /// Where the content of the ELF note `name` of `type` lies in memory; 0 if
  /// no file of the process has one.
  std::uint64_t find_note(const std::string& name, std::uint32_t type);

 protected:
  ProcessImage() = default;

  static Registers registers_of(const user_regs_struct& from);
  /// To be called once the modules are reported and reading works.
  bool attach_unwinder(pid_t pid);
  /// Memory that was never written is in no core file but in the program's.
  bool read_from_files(std::uint64_t address, std::span<std::byte> to);

  Dwfl* modules_ = nullptr;
  std::vector<OsThread> threads_;
  int signal_ = 0;
  std::string program_;

 private:
  friend struct UnwindCallbacks;
  const Registers* unwinding_ = nullptr;
};

/// The process that left the core file at `path`. `program` is its
/// executable; empty: the one that the core file names. Null after saying in
/// `problem` what is wrong, and what to do.
std::unique_ptr<ProcessImage> open_core(const std::string& path,
                                        const std::string& program,
                                        std::string& problem);

/// The live process `pid`, stopped until the image is destroyed; it then goes
/// on as if nothing had been. Null after saying in `problem` why not.
std::unique_ptr<ProcessImage> attach(pid_t pid, std::string& problem);

/// Whether the file at `path` begins as an ELF core file does.
bool is_core_file(const std::string& path);

}  // namespace chansan
