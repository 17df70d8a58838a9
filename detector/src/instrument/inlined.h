// What our compiler pass (detector/pass/inlined.cpp) looks at in the program
// before it calls the library.
#pragma once

#include <atomic>
#include <cstdint>

#include "detector/src/race/goroutine.h"
#include "detector/src/race/shadow.h"

extern "C" {
/// For each chunk of the address space the address of its granules; zero: the
/// library must be called.
extern std::atomic<std::uintptr_t>
    __csp_granules[chansan::race::Shadow::kChunks];
/// Behind the thread pointer, where the address of the key is that cells of the
/// running goroutine have now.
extern std::int64_t __csp_key_place;
}

namespace chansan::live {

/// *Returns* the table that the shadow is to fill.
race::PlainGranules start_inlined();

/// From now on the accesses of `goroutine` are looked at on this OS thread;
/// null: nobody's.
void look_for(const race::Goroutine* goroutine);

}  // namespace chansan::live
