// What the pass did to one module: printed by -mllvm -chansan-stats.
#pragma once

#include <cstdint>

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace chansan::pass {

struct Statistics {
  std::uint64_t accesses = 0;  // loads and stores of memory that may be shared
  std::uint64_t repeated = 0;  // an earlier check says it all
  std::uint64_t overwritten = 0;  // reads just before a write of the same bytes
  std::uint64_t invariant = 0;    // checked once before their loop
  std::uint64_t contiguous = 0;   // checked as one range before their loop
  std::uint64_t strided = 0;      // the same, with gaps
  std::uint64_t inlined = 0;      // looked at before the library is called
  std::uint64_t wide = 0;         // of sizes that the compiler leaves out
  std::uint64_t masked = 0;       // masked, gathered, scattered
  std::uint64_t atomics = 0;      // updates that the compiler leaves out

  void print(llvm::StringRef module, llvm::raw_ostream& out) const {
    out << "chansan: " << module << ": " << accesses << " accesses; "
        << "removed: " << repeated << " repeated, " << overwritten
        << " overwritten, " << invariant << " invariant, " << contiguous
        << " contiguous, " << strided << " strided; inlined: " << inlined
        << " inlined; added: " << wide << " wide, " << masked << " masked, "
        << atomics << " atomic\n";
  }
};

}  // namespace chansan::pass
