#include "runtime/src/large_stacks.h"

#include <sys/mman.h>

#include <new>

#include "runtime/src/immortal.h"
#include "runtime/src/stack_pool.h"

namespace csp::internal {

LargeStacks& large_stacks() { return immortal<LargeStacks>(); }

bool LargeStacks::attach(Goroutine& goroutine, std::size_t bytes) {
  constexpr std::size_t kBytesMax = std::size_t{1} << 40;
  if (bytes > kBytesMax) return false;
  bytes = (bytes + kPageBytes - 1) / kPageBytes * kPageBytes + kPageBytes;
  void* base =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (base == MAP_FAILED) return false;
  auto* low = static_cast<std::byte*>(base);
  if (mprotect(low, kPageBytes, PROT_NONE) != 0) {
    munmap(base, bytes);
    return false;
  }
  goroutine.stack_low = low + kPageBytes;
  goroutine.stack_high = low + bytes;
  try {
    ScopedLock hold(lock_);
    stacks_[goroutine.stack_high] = &goroutine;
    return true;
  } catch (const std::bad_alloc&) {
    munmap(base, bytes);
    return false;
  }
}

void LargeStacks::detach(Goroutine& goroutine) {
  std::byte* const low = goroutine.stack_low - kPageBytes;
  const auto bytes = static_cast<std::size_t>(goroutine.stack_high - low);
  {
    ScopedLock hold(lock_);
    stacks_.erase(goroutine.stack_high);
  }
  munmap(low, bytes);
}

void LargeStacks::retire(Goroutine* dead) {
  ScopedLock hold(lock_);
  retired_.push_back(dead);
}

bool LargeStacks::collect(StackPool& pool) {
  GoroutineList left;
  bool more = false;
  {
    ScopedLock hold(lock_);
    GoroutineList stay;
    while (Goroutine* dead = retired_.pop_front()) {
      const bool runs =
          dead->context.on_cpu.load(std::memory_order_acquire) != 0;
      (runs ? stay : left).push_back(dead);
    }
    retired_ = stay;
    more = !retired_.empty();
  }
  while (Goroutine* dead = left.pop_front()) {
    detach(*dead);
    pool.use_own_stack(*dead);
    pool.give({&dead, 1});
  }
  return more;
}

Goroutine* LargeStacks::owner(const void* address) {
  const auto* at = static_cast<const std::byte*>(address);
  ScopedLock hold(lock_);
  const auto found = stacks_.upper_bound(at);
  if (found == stacks_.end()) return nullptr;
  return at >= found->second->stack_low - kPageBytes ? found->second : nullptr;
}

}  // namespace csp::internal
