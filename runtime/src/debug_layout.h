// Where the runtime keeps what a debugger needs, as a table in the program.
//
// It is read from outside: by `chansan explain` from a core file or a live
// process, and by the gdb extension. Neither needs debug information. The
// table is found by the symbol csp_debug_layout, or, in a stripped program, by
// the ELF note of name "CSP" and type kDebugLayoutNote, whose first word is
// the table's version and whose second is the distance from that word to the
// table. docs/formats/debug-layout.md describes it for readers.
#pragma once

#include <cstdint>

namespace csp::internal {

inline constexpr std::uint32_t kDebugLayoutVersion = 1;
inline constexpr std::uint32_t kDebugLayoutNote = 1;

/// One named constant: the offset of a member, a size, or a flag.
struct DebugField {
  char name[32];
  std::int64_t value;
};
static_assert(sizeof(DebugField) == 40);

struct DebugLayout {
  char magic[16];
  std::uint32_t version;
  std::uint32_t field_count;
  const DebugField* fields;
  const void* scheduler;
  const char* wait_reasons;  // a text for each value, each ending in 0
  const char* statuses;      // the same
};
static_assert(sizeof(DebugLayout) == 56);

}  // namespace csp::internal

extern "C" __attribute__((visibility("hidden")))
const csp::internal::DebugLayout csp_debug_layout;
extern "C" __attribute__((visibility("hidden")))
const std::uint32_t csp_debug_note[];  // debug_note.S

namespace csp::internal {

/// Makes the linker take the table, the note and gdb's script into the program.
inline void keep_debug_layout() {
  const void* layout = &csp_debug_layout;
  const void* note = &csp_debug_note;
  __asm__ volatile("" : : "r"(layout), "r"(note));
}

}  // namespace csp::internal
