// Memory for the detector's own records when the program has used up all that
// there is: they are made where nothing may be thrown.
#pragma once

#include <cstddef>

namespace chansan::live {

/// Sets address space aside; what is not touched costs nothing.
void reserve_spare_memory();
/// Null when there is none left. It is never given back: by far the most of
/// what is needed without memory is found among blocks that were freed.
void* take_spare_memory(std::size_t size, std::size_t alignment);
bool is_spare_memory(const void* block);

}  // namespace chansan::live
