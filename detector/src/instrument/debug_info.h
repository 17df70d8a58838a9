// What debug information tells beyond functions and lines: columns, and which
// member of a variable lies at an address.
//
// Read by elfutils' libdw, which is loaded when the first report is made: a
// program depends on nothing that its machine may not have. Without it, or
// without debug information, there is less in the report.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "chansan/finding.h"

namespace chansan::live {

/// What the source says of a variable.
struct Declaration {
  Location location;
  // As it stands behind the variable's name: ".items[3]". Empty: the whole, or
  // not known.
  std::string member;
};

/// A call that has not returned.
struct CallFrame {
  std::uint64_t pc = 0;   // in the function, where it calls on
  std::uint64_t end = 0;  // its canonical frame address
};

/// A variable on a stack.
struct Local {
  std::string name;  // empty: there is none
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  Declaration declaration;
  // How many of the functions inlined at the frame's pc are around it.
  std::size_t inlined = 0;
};

class DebugInfo {
 public:
  DebugInfo();
  ~DebugInfo();
  DebugInfo(const DebugInfo&) = delete;
  DebugInfo& operator=(const DebugInfo&) = delete;

  /// Fills in the columns of the frames that `pc` stands for.
  void add_columns(std::uint64_t pc, Stack& frames);
  /// Of the global variable that begins at `address`: of its bytes from
  /// `offset` on, `size` many.
  Declaration declaration_of_global(std::uint64_t address, std::uint64_t offset,
                                    std::uint32_t size);
  /// The variable of `frame` that covers `address`, of which `size` bytes are
  /// meant. Requires: the function keeps a frame pointer.
  Local local_at(const CallFrame& frame, std::uint64_t address,
                 std::uint32_t size);

 private:
  class Reader;
  Reader* reader();

  std::unique_ptr<Reader> reader_;
  bool is_tried_ = false;
};

}  // namespace chansan::live
