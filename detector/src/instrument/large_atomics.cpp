// Atomics that are larger than the machine's: the functions of libatomic that
// the compilers call for any size. Ours, because a lock inside a library would
// hide both the accesses and what they order.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <mutex>

#include "detector/src/instrument/live.h"

namespace chansan::live {

namespace {

using AtomicKind = race::RaceDetector::AtomicKind;
using csp::seam::MemoryOrder;

constexpr int kOrderBits = 0x7;

MemoryOrder order_of(int order) {
  return static_cast<MemoryOrder>(order & kOrderBits);
}

// One of some locks, so that unrelated objects seldom share theirs.
race::SpinLock& lock_of(const volatile void* place) {
  constexpr std::size_t kLocks = 64;
  constexpr std::size_t kLineBytes = 64;
  static race::SpinLock locks[kLocks];
  return locks[reinterpret_cast<std::uintptr_t>(place) / kLineBytes % kLocks];
}

struct Orders {
  int success;
  int failure;
};

// Does `operate`, which tells whether it wrote, alone and observed.
template <typename Operate>
bool observed(std::size_t size, const void* place, AtomicKind kind,
              Orders orders, void* return_address, Operate operate) {
  bool wrote = false;
  const auto alone = [&] {
    const std::scoped_lock guard(lock_of(place));
    wrote = operate();
    return wrote;
  };
  Goroutine* goroutine = acting();
  if (goroutine == nullptr) return alone();
  constexpr std::size_t kSizeMax = std::numeric_limits<std::uint8_t>::max();
  const Inside inside;
  detector().atomic(
      *goroutine, reinterpret_cast<std::uintptr_t>(place),
      {.pc = reinterpret_cast<std::uintptr_t>(return_address) - 1,
       .size = static_cast<std::uint8_t>(size < kSizeMax ? size : kSizeMax)},
      kind, order_of(orders.success), order_of(orders.failure), alone);
  return wrote;
}

}  // namespace
}  // namespace chansan::live

using namespace chansan::live;

#define CSP_RETURN_ADDRESS __builtin_return_address(0)

extern "C" {

// The names are the compilers', which let nobody else declare them.
void csp_atomic_load(std::size_t size, const void* place, void* result,
                     int order) __asm__("__atomic_load");
void csp_atomic_store(std::size_t size, void* place, const void* value,
                      int order) __asm__("__atomic_store");
void csp_atomic_exchange(std::size_t size, void* place, const void* value,
                         void* result, int order) __asm__("__atomic_exchange");
bool csp_atomic_compare_exchange(
    std::size_t size, void* place, void* expected, const void* desired,
    int order, int failure_order) __asm__("__atomic_compare_exchange");

void csp_atomic_load(std::size_t size, const void* place, void* result,
                     int order) {
  observed(size, place, AtomicKind::kLoad, {order, order}, CSP_RETURN_ADDRESS,
           [=] {
             std::memcpy(result, place, size);
             return false;
           });
}

void csp_atomic_store(std::size_t size, void* place, const void* value,
                      int order) {
  observed(size, place, AtomicKind::kStore, {order, order}, CSP_RETURN_ADDRESS,
           [=] {
             std::memcpy(place, value, size);
             return true;
           });
}

void csp_atomic_exchange(std::size_t size, void* place, const void* value,
                         void* result, int order) {
  observed(size, place, AtomicKind::kRmw, {order, order}, CSP_RETURN_ADDRESS,
           [=] {
             std::memcpy(result, place, size);
             std::memcpy(place, value, size);
             return true;
           });
}

bool csp_atomic_compare_exchange(std::size_t size, void* place, void* expected,
                                 const void* desired, int order,
                                 int failure_order) {
  return observed(size, place, AtomicKind::kRmw, {order, failure_order},
                  CSP_RETURN_ADDRESS, [=] {
                    if (std::memcmp(place, expected, size) == 0) {
                      std::memcpy(place, desired, size);
                      return true;
                    }
                    std::memcpy(expected, place, size);
                    return false;
                  });
}

}  // extern "C"
