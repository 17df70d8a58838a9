// What the compilers put before each read and write, and around each function.
#include <cstddef>

#include "detector/src/instrument/live.h"

using chansan::live::Manner;
using chansan::live::on_access;
using chansan::live::on_range;

#define CSP_RETURN_ADDRESS __builtin_return_address(0)

// One entry point per size: the names are the compilers'.
#define CSP_ACCESS(size)                                        \
  void __tsan_read##size(void* place) {                         \
    on_access(place, size, Manner::kRead, CSP_RETURN_ADDRESS);  \
  }                                                             \
  void __tsan_write##size(void* place) {                        \
    on_access(place, size, Manner::kWrite, CSP_RETURN_ADDRESS); \
  }                                                             \
  void __tsan_read_write##size(void* place) {                   \
    on_access(place, size, Manner::kWrite, CSP_RETURN_ADDRESS); \
  }                                                             \
  void __tsan_volatile_read##size(void* place) {                \
    on_access(place, size, Manner::kRead, CSP_RETURN_ADDRESS);  \
  }                                                             \
  void __tsan_volatile_write##size(void* place) {               \
    on_access(place, size, Manner::kWrite, CSP_RETURN_ADDRESS); \
  }                                                             \
  void __tsan_read##size##_pc(void* place, void* pc) {          \
    on_access(place, size, Manner::kRead, pc);                  \
  }                                                             \
  void __tsan_write##size##_pc(void* place, void* pc) {         \
    on_access(place, size, Manner::kWrite, pc);                 \
  }

// These may lie across two granules.
#define CSP_UNALIGNED_ACCESS(size)                                 \
  void __tsan_unaligned_read##size(void* place) {                  \
    on_unaligned(place, size, Manner::kRead, CSP_RETURN_ADDRESS);  \
  }                                                                \
  void __tsan_unaligned_write##size(void* place) {                 \
    on_unaligned(place, size, Manner::kWrite, CSP_RETURN_ADDRESS); \
  }                                                                \
  void __tsan_unaligned_read_write##size(void* place) {            \
    on_unaligned(place, size, Manner::kWrite, CSP_RETURN_ADDRESS); \
  }                                                                \
  void __tsan_unaligned_volatile_read##size(void* place) {         \
    on_unaligned(place, size, Manner::kRead, CSP_RETURN_ADDRESS);  \
  }                                                                \
  void __tsan_unaligned_volatile_write##size(void* place) {        \
    on_unaligned(place, size, Manner::kWrite, CSP_RETURN_ADDRESS); \
  }

namespace {

[[gnu::always_inline]] inline void on_unaligned(void* place, std::size_t size,
                                                Manner manner, void* pc) {
  const auto offset =
      reinterpret_cast<std::uintptr_t>(place) % chansan::race::kGranuleBytes;
  if (offset + size <= chansan::race::kGranuleBytes) {
    on_access(place, size, manner, pc);
  } else {
    on_range(place, size, manner, pc);
  }
}

// Two granules: both must have been seen for nothing to be new.
[[gnu::always_inline]] inline void on_wide(void* place, Manner manner,
                                           void* pc) {
  const auto* goroutine = chansan::live::os_thread.checked;
  if (goroutine == nullptr) return;
  constexpr std::size_t kHalf = chansan::race::kGranuleBytes;
  const auto address = reinterpret_cast<std::uintptr_t>(place);
  auto& detector = chansan::live::detector();
  if (address % kHalf == 0 &&
      detector.is_repeated(*goroutine, address, kHalf, manner) &&
      detector.is_repeated(*goroutine, address + kHalf, kHalf, manner)) {
    return;
  }
  chansan::live::access_slow(address, 2 * kHalf, manner,
                             reinterpret_cast<std::uintptr_t>(pc) - 1);
}

// Of a thread that we did not see begin. Apart: the quick way saves nothing.
[[gnu::noinline]] void enter_first(std::uintptr_t pc, std::uintptr_t frame) {
  auto* goroutine = chansan::live::acting();
  if (goroutine == nullptr) return;
  const chansan::live::Inside inside;
  goroutine->calls.enter(pc, frame);
}

// Apart: it takes memory, which the quick way does not.
[[gnu::noinline]] void enter_more(chansan::race::CallStack& calls,
                                  std::uintptr_t pc, std::uintptr_t frame) {
  const chansan::live::Inside inside;
  calls.enter(pc, frame);
}

}  // namespace

extern "C" {

CSP_ACCESS(1)
CSP_ACCESS(2)
CSP_ACCESS(4)
CSP_ACCESS(8)
CSP_UNALIGNED_ACCESS(2)
CSP_UNALIGNED_ACCESS(4)
CSP_UNALIGNED_ACCESS(8)
CSP_UNALIGNED_ACCESS(16)

void __tsan_read16(void* place) {
  on_wide(place, Manner::kRead, CSP_RETURN_ADDRESS);
}
void __tsan_write16(void* place) {
  on_wide(place, Manner::kWrite, CSP_RETURN_ADDRESS);
}
void __tsan_read_write16(void* place) {
  on_wide(place, Manner::kWrite, CSP_RETURN_ADDRESS);
}
void __tsan_volatile_read16(void* place) {
  on_wide(place, Manner::kRead, CSP_RETURN_ADDRESS);
}
void __tsan_volatile_write16(void* place) {
  on_wide(place, Manner::kWrite, CSP_RETURN_ADDRESS);
}
void __tsan_read16_pc(void* place, void* pc) {
  on_wide(place, Manner::kRead, pc);
}
void __tsan_write16_pc(void* place, void* pc) {
  on_wide(place, Manner::kWrite, pc);
}

void __tsan_read_range(void* place, std::size_t size) {
  on_range(place, size, Manner::kRead, CSP_RETURN_ADDRESS);
}
void __tsan_write_range(void* place, std::size_t size) {
  on_range(place, size, Manner::kWrite, CSP_RETURN_ADDRESS);
}
void __tsan_read_range_pc(void* place, std::size_t size, void* pc) {
  on_range(place, size, Manner::kRead, pc);
}
void __tsan_write_range_pc(void* place, std::size_t size, void* pc) {
  on_range(place, size, Manner::kWrite, pc);
}

void __tsan_vptr_read(void** place) {
  on_access(place, sizeof(void*), Manner::kRead, CSP_RETURN_ADDRESS);
}
// A destructor that stores the table that is there already changes nothing
// that a concurrent virtual call could see.
void __tsan_vptr_update(void** place, void* table) {
  const Manner manner = *place == table ? Manner::kRead : Manner::kWrite;
  on_access(place, sizeof(void*), manner, CSP_RETURN_ADDRESS);
}

void __tsan_func_entry(void* return_address) {
  const auto pc = reinterpret_cast<std::uintptr_t>(return_address) - 1;
  const auto frame =
      reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  auto* goroutine = chansan::live::os_thread.goroutine;
  if (goroutine == nullptr) [[unlikely]] {
    return enter_first(pc, frame);
  }
  if (goroutine->calls.is_full()) [[unlikely]] {
    return enter_more(goroutine->calls, pc, frame);
  }
  goroutine->calls.enter(pc, frame);
}

void __tsan_func_exit() {
  auto* goroutine = chansan::live::os_thread.goroutine;
  if (goroutine == nullptr) [[unlikely]] {
    return;
  }
  goroutine->calls.leave();
}

void __tsan_ignore_thread_begin() { chansan::live::ignore(1); }
void __tsan_ignore_thread_end() { chansan::live::ignore(-1); }

}  // extern "C"
