// malloc and its family, seen: a block has no history when it begins, and its
// end is a write to all of it.
#include <malloc.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "detector/src/instrument/blocks.h"
#include "detector/src/instrument/live.h"

extern "C" {
// glibc's allocator by its own names: there from the first instruction of the
// process, where a look-up of "malloc" would itself allocate.
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void* __libc_valloc(std::size_t size);
void* __libc_pvalloc(std::size_t size);
void __libc_free(void* block);
}

namespace chansan::live {

void on_alloc(void* block, std::size_t size, void* return_address) {
  if (block == nullptr || !is_running || os_thread.inside > 0) return;
  const Inside inside;
  const auto pc = reinterpret_cast<std::uintptr_t>(return_address) - 1;
  const auto address = reinterpret_cast<std::uintptr_t>(block);
  // The end of the block will be a write to all that malloc gave.
  const std::size_t room = malloc_usable_size(block);
  detector().alloc(os_thread.goroutine, address, size, std::max(room, size),
                   pc);
}

void on_free(void* block, void* return_address) {
  if (block == nullptr || !is_running || os_thread.inside > 0) return;
  const Inside inside;
  const auto pc = reinterpret_cast<std::uintptr_t>(return_address) - 1;
  const auto address = reinterpret_cast<std::uintptr_t>(block);
  const std::size_t size = malloc_usable_size(block);
  if (watches_locks) lock_order().forget(address, size);
  detector().free(os_thread.goroutine, address, size, pc);
}

}  // namespace chansan::live

using chansan::live::on_alloc;
using chansan::live::on_free;

#define CSP_RETURN_ADDRESS __builtin_return_address(0)

extern "C" {

void* malloc(std::size_t size) noexcept {
  void* block = __libc_malloc(size);
  on_alloc(block, size, CSP_RETURN_ADDRESS);
  return block;
}

void* calloc(std::size_t count, std::size_t size) noexcept {
  void* block = __libc_calloc(count, size);
  on_alloc(block, count * size, CSP_RETURN_ADDRESS);
  return block;
}

void* realloc(void* block, std::size_t size) noexcept {
  if (block == nullptr || !chansan::live::is_running ||
      chansan::live::os_thread.inside > 0) {
    void* fresh = __libc_realloc(block, size);
    if (block == nullptr) on_alloc(fresh, size, CSP_RETURN_ADDRESS);
    return fresh;
  }
  if (size == 0) {
    on_free(block, CSP_RETURN_ADDRESS);
    __libc_free(block);
    return nullptr;
  }
  // Always a new block: the old one's end must be told before anybody else
  // can be given its memory.
  void* fresh = __libc_malloc(size);
  if (fresh == nullptr) return nullptr;
  on_alloc(fresh, size, CSP_RETURN_ADDRESS);
  const std::size_t old_size = malloc_usable_size(block);
  std::memcpy(fresh, block, old_size < size ? old_size : size);
  on_free(block, CSP_RETURN_ADDRESS);
  __libc_free(block);
  return fresh;
}

void* reallocarray(void* block, std::size_t count, std::size_t size) noexcept {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return nullptr;
  }
  return realloc(block, bytes);
}

void free(void* block) noexcept {
  on_free(block, CSP_RETURN_ADDRESS);
  __libc_free(block);
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
  void* block = __libc_memalign(alignment, size);
  on_alloc(block, size, CSP_RETURN_ADDRESS);
  return block;
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  void* block = __libc_memalign(alignment, size);
  on_alloc(block, size, CSP_RETURN_ADDRESS);
  return block;
}

int posix_memalign(void** out, std::size_t alignment,
                   std::size_t size) noexcept {
  const bool power = alignment != 0 && (alignment & (alignment - 1)) == 0;
  if (!power || alignment % sizeof(void*) != 0) return EINVAL;
  void* block = __libc_memalign(alignment, size);
  if (block == nullptr) return ENOMEM;
  on_alloc(block, size, CSP_RETURN_ADDRESS);
  *out = block;
  return 0;
}

void* valloc(std::size_t size) noexcept {
  void* block = __libc_valloc(size);
  on_alloc(block, size, CSP_RETURN_ADDRESS);
  return block;
}

void* pvalloc(std::size_t size) noexcept {
  void* block = __libc_pvalloc(size);
  on_alloc(block, size, CSP_RETURN_ADDRESS);
  return block;
}

void cfree(void* block) noexcept {
  on_free(block, CSP_RETURN_ADDRESS);
  __libc_free(block);
}

}  // extern "C"
