// Which compiler `chansan cxx` drives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace chansan::cxx {

enum class Family : std::uint8_t { kClang, kGcc };

struct Compiler {
  std::string command;  // as it is started
  Family family = Family::kClang;
  int major = 0;  // version
};

/// The oldest versions that compile csp's headers and whose instrumentation
/// the detector knows.
inline constexpr int kOldestClang = 16;
inline constexpr int kOldestGcc = 12;

/// Asks `command` what it is. Nothing if it cannot be started or is neither
/// clang nor gcc.
std::optional<Compiler> probe(const std::string& command);

bool new_enough(const Compiler& compiler);

/// Whether `compiler` can load the compiler pass at `path`: it must be a clang
/// of the pass's version that has LLVM as a shared library.
bool loads_pass(const Compiler& compiler, const std::string& path);

/// The compiler that the user asks for: `wanted` (of --cxx=; empty: not
/// given), else $CHANSAN_CXX, else the first of clang++-22, clang++, g++ that
/// is there and new enough.
/// Returns nothing and says in `problem` what to do if there is none.
std::optional<Compiler> choose_compiler(const std::string& wanted,
                                        std::string& problem);

}  // namespace chansan::cxx
