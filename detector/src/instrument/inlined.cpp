#include "detector/src/instrument/inlined.h"

extern "C" {
std::atomic<std::uintptr_t> __csp_granules[chansan::race::Shadow::kChunks];
std::int64_t __csp_key_place = 0;
}

namespace chansan::live {

namespace {

// No cell has it: then all accesses go to the library.
constinit const std::uint64_t no_key = race::Goroutine::kNoKey;

constinit thread_local const std::uint64_t* key
    __attribute__((tls_model("initial-exec"))) = &no_key;

}  // namespace

race::PlainGranules start_inlined() {
  __csp_key_place = reinterpret_cast<std::intptr_t>(&key) -
                    reinterpret_cast<std::intptr_t>(__builtin_thread_pointer());
  return __csp_granules;
}

void look_for(const race::Goroutine* goroutine) {
  key = goroutine == nullptr ? &no_key : &goroutine->read_key;
}

// The pass has these as numbers.
static_assert(race::Shadow::kChunks == std::size_t{1} << 21);
static_assert(race::kChunkBits == 26);
static_assert(sizeof(race::Granule) == 16 && race::kGranuleBytes == 8);
static_assert(race::CellWord::kMaskBits == 0xff);
static_assert(race::CellWord::kWriteBit == std::uint64_t{1} << 63);

}  // namespace chansan::live
