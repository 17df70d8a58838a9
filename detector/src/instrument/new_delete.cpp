// operator new and delete, so that a block's allocation stack begins at the
// new-expression. A program's own definitions take precedence over these: this
// file is then not linked.
#include <malloc.h>

#include <cstdint>
#include <cstdlib>
#include <new>

#include "detector/src/instrument/blocks.h"
#include "detector/src/instrument/live.h"
#include "detector/src/instrument/spare_memory.h"

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* block);
}

namespace {

using chansan::live::on_alloc;
using chansan::live::on_free;

// The detector's own blocks. Who allocates inside of it frees inside of it.
void count_own(void* block, int sign) {
  if (!chansan::live::is_limited || chansan::live::os_thread.inside == 0) {
    return;
  }
  chansan::live::own_heap_bytes.fetch_add(
      sign * static_cast<std::int64_t>(malloc_usable_size(block)),
      std::memory_order_relaxed);
}

// Alignment 0: malloc's own. *Returns* null if there is no memory and no
// handler that could find some; the detector has some in reserve.
void* try_allocate(std::size_t size, std::size_t alignment) {
  if (size == 0) size = 1;
  while (true) {
    void* block =
        alignment == 0 ? __libc_malloc(size) : __libc_memalign(alignment, size);
    if (block != nullptr) {
      count_own(block, 1);
      return block;
    }
    if (chansan::live::os_thread.inside > 0) {
      return chansan::live::take_spare_memory(size, alignment);
    }
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) return nullptr;
    handler();
  }
}

void* allocate(std::size_t size, std::size_t alignment, void* pc) {
  void* block = try_allocate(size, alignment);
  if (block == nullptr) throw std::bad_alloc();
  on_alloc(block, size, pc);
  return block;
}

void* allocate_or_null(std::size_t size, std::size_t alignment,
                       void* pc) noexcept {
  try {
    return allocate(size, alignment, pc);
  } catch (...) {
    return nullptr;
  }
}

void release(void* block, void* pc) noexcept {
  if (chansan::live::is_spare_memory(block)) return;
  on_free(block, pc);
  if (block != nullptr) count_own(block, -1);
  __libc_free(block);
}

std::size_t bytes(std::align_val_t alignment) {
  return static_cast<std::size_t>(alignment);
}

}  // namespace

#define CSP_RETURN_ADDRESS __builtin_return_address(0)

void* operator new(std::size_t size) {
  return allocate(size, 0, CSP_RETURN_ADDRESS);
}
void* operator new[](std::size_t size) {
  return allocate(size, 0, CSP_RETURN_ADDRESS);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, bytes(alignment), CSP_RETURN_ADDRESS);
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate(size, bytes(alignment), CSP_RETURN_ADDRESS);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return allocate_or_null(size, 0, CSP_RETURN_ADDRESS);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return allocate_or_null(size, 0, CSP_RETURN_ADDRESS);
}
void* operator new(std::size_t size, std::align_val_t alignment,
                   const std::nothrow_t&) noexcept {
  return allocate_or_null(size, bytes(alignment), CSP_RETURN_ADDRESS);
}
void* operator new[](std::size_t size, std::align_val_t alignment,
                     const std::nothrow_t&) noexcept {
  return allocate_or_null(size, bytes(alignment), CSP_RETURN_ADDRESS);
}

void operator delete(void* block) noexcept {
  release(block, CSP_RETURN_ADDRESS);
}
void operator delete[](void* block) noexcept {
  release(block, CSP_RETURN_ADDRESS);
}
void operator delete(void* block, std::size_t) noexcept {
  release(block, CSP_RETURN_ADDRESS);
}
void operator delete[](void* block, std::size_t) noexcept {
  release(block, CSP_RETURN_ADDRESS);
}
void operator delete(void* block, std::align_val_t) noexcept {
  release(block, CSP_RETURN_ADDRESS);
}
void operator delete[](void* block, std::align_val_t) noexcept {
  release(block, CSP_RETURN_ADDRESS);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
  release(block, CSP_RETURN_ADDRESS);
}
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept {
  release(block, CSP_RETURN_ADDRESS);
}
void operator delete(void* block, const std::nothrow_t&) noexcept {
  release(block, CSP_RETURN_ADDRESS);
}
void operator delete[](void* block, const std::nothrow_t&) noexcept {
  release(block, CSP_RETURN_ADDRESS);
}
void operator delete(void* block, std::align_val_t,
                     const std::nothrow_t&) noexcept {
  release(block, CSP_RETURN_ADDRESS);
}
void operator delete[](void* block, std::align_val_t,
                       const std::nothrow_t&) noexcept {
  release(block, CSP_RETURN_ADDRESS);
}
