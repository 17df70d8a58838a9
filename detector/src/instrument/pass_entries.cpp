// What our own compiler pass (detector/pass) puts before loops and before
// vector accesses of which each element is done or not.
#include <bit>
#include <cstddef>
#include <cstdint>

#include "detector/src/instrument/live.h"

using chansan::live::Manner;

#define CSP_RETURN_ADDRESS __builtin_return_address(0)

namespace {

// `count` runs of `size` bytes, `step` apart.
void on_strided(const char* first, std::uint64_t size, std::int64_t step,
                std::uint64_t count, Manner manner, void* pc) {
  const chansan::live::Goroutine* goroutine = chansan::live::os_thread.checked;
  if (goroutine == nullptr) return;
  const auto& detector = chansan::live::detector();
  auto address = reinterpret_cast<std::uintptr_t>(first);
  for (; count != 0; --count) {
    const std::uint64_t offset = address % chansan::race::kGranuleBytes;
    if (offset + size > chansan::race::kGranuleBytes ||
        !detector.is_repeated(*goroutine, address, size, manner)) {
      chansan::live::on_range(reinterpret_cast<const void*>(address), size,
                              manner, pc);
    }
    address += static_cast<std::uint64_t>(step);
  }
}

// The elements of `size` bytes whose bits are set, runs of them at once.
void on_masked(const char* first, std::uint64_t bits, std::uint64_t size,
               Manner manner, void* pc) {
  std::uint64_t at = 0;
  while (bits != 0) {
    const int skip = std::countr_zero(bits);
    bits >>= skip;
    const int run = std::countr_one(bits);
    at += static_cast<std::uint64_t>(skip);
    chansan::live::on_range(first + at * size,
                            static_cast<std::uint64_t>(run) * size, manner, pc);
    if (run == 64) return;
    bits >>= run;
    at += static_cast<std::uint64_t>(run);
  }
}

}  // namespace

extern "C" {

void __csp_read_strided(const char* first, std::uint64_t size,
                        std::int64_t step, std::uint64_t count) {
  on_strided(first, size, step, count, Manner::kRead, CSP_RETURN_ADDRESS);
}
void __csp_write_strided(const char* first, std::uint64_t size,
                         std::int64_t step, std::uint64_t count) {
  on_strided(first, size, step, count, Manner::kWrite, CSP_RETURN_ADDRESS);
}

void __csp_read_masked(const char* first, std::uint64_t bits,
                       std::uint64_t size) {
  on_masked(first, bits, size, Manner::kRead, CSP_RETURN_ADDRESS);
}
void __csp_write_masked(const char* first, std::uint64_t bits,
                        std::uint64_t size) {
  on_masked(first, bits, size, Manner::kWrite, CSP_RETURN_ADDRESS);
}

}  // extern "C"
