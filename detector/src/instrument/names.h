// What the detector asks of others to turn numbers into words.
#pragma once

#include <cstdint>
#include <string>

#include "chansan/finding.h"
#include "detector/src/instrument/debug_info.h"

namespace chansan::live {

struct Variable {
  std::string name;  // empty: there is none
  std::uint64_t address = 0;
  std::uint64_t size = 0;
};

/// Whose stack covers an address, and where that stack ends.
struct StackOwner {
  std::uint64_t goroutine = 0;  // 0: nobody's
  std::uint64_t high = 0;
};

/// Symbols, globals and goroutines, as the program knows them.
class Names {
 public:
  /// The source positions of `pc`, innermost first.
  virtual Stack frames(std::uint64_t pc) = 0;
  virtual Variable global_at(std::uint64_t address) = 0;
  /// What the source says of the `size` bytes of `global` from `offset` on.
  virtual Declaration declaration(const Variable& global, std::uint64_t offset,
                                  std::uint32_t size) = 0;
  /// The name that the program gave to a goroutine; empty: none.
  virtual std::string goroutine_name(std::uint64_t goroutine) = 0;
  /// The goroutine or thread whose stack covers `address`.
  virtual StackOwner stack_owner(std::uint64_t address) = 0;
  /// The variable of `frame` that covers `address`, and what the source says
  /// of the `size` bytes there.
  virtual Local local_at(const CallFrame& frame, std::uint64_t address,
                         std::uint32_t size) = 0;

 protected:
  ~Names() = default;
};

}  // namespace chansan::live
