// Names and lines of program counters, from the files of a program.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "chansan/finding.h"

namespace chansan {

class ProgramSymbols {
 public:
  ProgramSymbols();
  ~ProgramSymbols();
  ProgramSymbols(const ProgramSymbols&) = delete;
  ProgramSymbols& operator=(const ProgramSymbols&) = delete;

  /// The frames at `address` of the ELF file at `path`, innermost inlined call
  /// first; never empty.
  Stack frames(const std::string& path, std::uint64_t address);
  /// The variable that covers `address` of the ELF file at `path`; empty: none
  /// is known.
  std::string variable(const std::string& path, std::uint64_t address);

 private:
  struct Reader;
  const std::unique_ptr<Reader> reader_;
};

/// The name of the function with this symbol as a reader knows it: no return
/// type, no parameters, and both compilers' lambdas as `{lambda}`.
std::string plain_function_name(const std::string& symbol);

/// Whether a frame belongs to csp, the standard library or below.
bool is_library_frame(const Frame& frame);

}  // namespace chansan
