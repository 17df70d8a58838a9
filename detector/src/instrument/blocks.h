// The heap as the detector sees it.
#pragma once

#include <cstddef>

namespace chansan::live {

/// A block begins its life; `block` may be null.
void on_alloc(void* block, std::size_t size, void* return_address);
/// A block is about to end its life; `block` may be null.
void on_free(void* block, void* return_address);

}  // namespace chansan::live
