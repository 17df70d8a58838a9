// What AddressSanitizer notes of the program's memory, for those who look for
// pointers in it: where its blocks begin and end, what is dead, and where
// variables lie that it has moved off a goroutine's stack.
//
// Known layout (compiler-rt of LLVM 13 to 22, libsanitizer of GCC 12 to 15,
// x86-64): eight bytes of memory have a byte of shadow, 0 to 7 where they may
// be used. Blocks up to some 128 KB lie in regions, one for each class of
// sizes, whose beginnings are multiples of 64 GB apart; in front of each block,
// and so at the beginning of a region, are at least 16 bytes of red zone. What
// is larger is mapped by itself and is taken for reachable as a whole.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/src/memory_map.h"
#include "runtime/src/sanitizer.h"
#include "runtime/src/scan_memory.h"

namespace csp::internal {

class AsanMemory {
 public:
  /// Asks AddressSanitizer where its memory is; of a program without it nothing
  /// is known. Allocates: not while others are stopped.
  AsanMemory();

  /// Whether the program has it.
  bool on() const { return on_; }
  /// Whether all that is needed is known.
  bool understood() const { return region_ != 0; }
  /// The shadow itself: terabytes that lead nowhere.
  Range shadow() const { return shadow_; }

  /// Whether blocks, and nothing else, lie in a mapping.
  bool has_blocks(const Range& mapping) const;
  /// Takes a mapping, by rising address, if it has blocks.
  bool add(const Range& mapping);
  /// The block in use that covers `address`; empty: none of those mappings'.
  Range block(std::uintptr_t address) const;

  /// Whether no correct program reads the word at `address` before it writes:
  /// it was freed, or is a variable of a function that has returned.
  bool is_dead(std::uintptr_t address) const {
    return on_ && is_dead_mark(mark_of(address));
  }

  /// The variable, or the rest of the block, that begins where `most`, which is
  /// mapped, does and is no longer; empty if nothing may be used there.
  Range variable(const Range& most) const;

  /// The frame that `word` leads into of those moved to `fake_stack`; empty if
  /// it leads into none.
  static Range moved_frame(void* fake_stack, std::uintptr_t word);

  /// Those of a goroutine whose real stack in use is `stack`. A function keeps
  /// its frame's address there, so that one may be met several times.
  template <class Visit>
  static void for_each_moved_frame(void* fake_stack, const Range& stack,
                                   Visit visit) {
    if (!fake_stack) return;
    Range last;
    for (std::uintptr_t at = stack.low; at + sizeof at <= stack.high;
         at += sizeof at) {
      const std::uintptr_t word = word_at(at);
      if (last.covers(word)) continue;
      const Range frame = moved_frame(fake_stack, word);
      if (frame.empty()) continue;
      last = frame;
      visit(frame);
    }
  }

 private:
  static bool is_dead_mark(std::uint8_t mark);
  static bool is_border(std::uint8_t mark);
  std::uint8_t mark_of(std::uintptr_t address) const;

  bool on_ = false;
  std::uintptr_t shadow_offset_ = 0;
  Range shadow_;
  std::uintptr_t region_ = 0;  // the beginning of one
  ScanVector<Range> regions_;
};

}  // namespace csp::internal
