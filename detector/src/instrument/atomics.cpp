// What the compilers call instead of each atomic operation.
#include <cstdint>
#include <type_traits>

#include "detector/src/instrument/live.h"

namespace {

using chansan::live::acting;
using chansan::live::detector;
using chansan::live::Goroutine;
using chansan::live::Inside;
using AtomicKind = chansan::race::RaceDetector::AtomicKind;
using csp::seam::MemoryOrder;

using Int8 = std::uint8_t;
using Int16 = std::uint16_t;
using Int32 = std::uint32_t;
using Int64 = std::uint64_t;
__extension__ using Int128 = unsigned __int128;

// The operations are done in the strongest order: what the program asked for
// decides what the detector concludes, not what the machine does.
constexpr int kStrongest = __ATOMIC_SEQ_CST;

// The 16-byte operations would be calls into libatomic.
class Wide {
 public:
  static Int128 load(const volatile Int128* place) {
    return __sync_val_compare_and_swap(const_cast<volatile Int128*>(place),
                                       Int128{0}, Int128{0});
  }
  static bool swap(volatile Int128* place, Int128& expected, Int128 desired) {
    const Int128 before = __sync_val_compare_and_swap(place, expected, desired);
    const bool swapped = before == expected;
    expected = before;
    return swapped;
  }
};

template <typename T>
T plain_load(const volatile T* place) {
  if constexpr (std::is_same_v<T, Int128>) {
    return Wide::load(place);
  } else {
    return __atomic_load_n(place, kStrongest);
  }
}

template <typename T>
bool plain_swap(volatile T* place, T& expected, T desired) {
  if constexpr (std::is_same_v<T, Int128>) {
    return Wide::swap(place, expected, desired);
  } else {
    return __atomic_compare_exchange_n(place, &expected, desired, false,
                                       kStrongest, kStrongest);
  }
}

// Replaces the value by `next(value)`. *Returns* the value before.
template <typename T, typename Next>
T plain_update(volatile T* place, Next next) {
  T before = plain_load(place);
  while (!plain_swap(place, before, static_cast<T>(next(before)))) {
  }
  return before;
}

// The upper bits of the order are hints to the processor.
MemoryOrder order_of(int order) {
  constexpr int kOrderBits = 0x7;
  return static_cast<MemoryOrder>(order & kOrderBits);
}

// Does `operate`, which tells whether it wrote, under the detector's eyes.
template <typename T, typename Operate>
[[gnu::always_inline]] inline void observed(const volatile T* place,
                                            AtomicKind kind, int order,
                                            int failure_order, void* pc,
                                            Operate operate) {
  Goroutine* goroutine = acting();
  if (goroutine == nullptr) {
    operate();
    return;
  }
  const Inside inside;
  detector().atomic(
      *goroutine, reinterpret_cast<std::uintptr_t>(place),
      {.pc = reinterpret_cast<std::uintptr_t>(pc) - 1, .size = sizeof(T)}, kind,
      order_of(order), order_of(failure_order), operate);
}

template <typename T>
T load(const volatile T* place, int order, void* pc) {
  T value{};
  observed(place, AtomicKind::kLoad, order, order, pc, [&] {
    value = plain_load(place);
    return false;
  });
  return value;
}

template <typename T>
void store(volatile T* place, T value, int order, void* pc) {
  observed(place, AtomicKind::kStore, order, order, pc, [&] {
    if constexpr (std::is_same_v<T, Int128>) {
      plain_update(place, [&](T) { return value; });
    } else {
      __atomic_store_n(place, value, kStrongest);
    }
    return true;
  });
}

template <typename T, typename Next>
T update(volatile T* place, int order, void* pc, Next next) {
  T before{};
  observed(place, AtomicKind::kRmw, order, order, pc, [&] {
    before = plain_update(place, next);
    return true;
  });
  return before;
}

template <typename T>
bool exchange_if(volatile T* place, T& expected, T desired, int order,
                 int failure_order, void* pc) {
  bool swapped = false;
  observed(place, AtomicKind::kRmw, order, failure_order, pc, [&] {
    swapped = plain_swap(place, expected, desired);
    return swapped;
  });
  return swapped;
}

}  // namespace

#define CSP_RETURN_ADDRESS __builtin_return_address(0)

#define CSP_ATOMIC_UPDATE(bits, name, expression)                          \
  Int##bits __tsan_atomic##bits##_##name(volatile Int##bits* place,        \
                                         Int##bits operand, int order) {   \
    return update(place, order, CSP_RETURN_ADDRESS, [=](Int##bits value) { \
      (void)value;                                                         \
      return static_cast<Int##bits>(expression);                           \
    });                                                                    \
  }

#define CSP_ATOMIC(bits)                                                       \
  Int##bits __tsan_atomic##bits##_load(const volatile Int##bits* place,        \
                                       int order) {                            \
    return load(place, order, CSP_RETURN_ADDRESS);                             \
  }                                                                            \
  void __tsan_atomic##bits##_store(volatile Int##bits* place, Int##bits value, \
                                   int order) {                                \
    store(place, value, order, CSP_RETURN_ADDRESS);                            \
  }                                                                            \
  CSP_ATOMIC_UPDATE(bits, exchange, operand)                                   \
  CSP_ATOMIC_UPDATE(bits, fetch_add, value + operand)                          \
  CSP_ATOMIC_UPDATE(bits, fetch_sub, value - operand)                          \
  CSP_ATOMIC_UPDATE(bits, fetch_and, value& operand)                           \
  CSP_ATOMIC_UPDATE(bits, fetch_or, value | operand)                           \
  CSP_ATOMIC_UPDATE(bits, fetch_xor, value ^ operand)                          \
  CSP_ATOMIC_UPDATE(bits, fetch_nand, ~(value & operand))                      \
  int __tsan_atomic##bits##_compare_exchange_strong(                           \
      volatile Int##bits* place, Int##bits* expected, Int##bits desired,       \
      int order, int failure_order) {                                          \
    return exchange_if(place, *expected, desired, order, failure_order,        \
                       CSP_RETURN_ADDRESS);                                    \
  }                                                                            \
  int __tsan_atomic##bits##_compare_exchange_weak(                             \
      volatile Int##bits* place, Int##bits* expected, Int##bits desired,       \
      int order, int failure_order) {                                          \
    return exchange_if(place, *expected, desired, order, failure_order,        \
                       CSP_RETURN_ADDRESS);                                    \
  }                                                                            \
  Int##bits __tsan_atomic##bits##_compare_exchange_val(                        \
      volatile Int##bits* place, Int##bits expected, Int##bits desired,        \
      int order, int failure_order) {                                          \
    exchange_if(place, expected, desired, order, failure_order,                \
                CSP_RETURN_ADDRESS);                                           \
    return expected;                                                           \
  }

extern "C" {

CSP_ATOMIC(8)
CSP_ATOMIC(16)
CSP_ATOMIC(32)
CSP_ATOMIC(64)
CSP_ATOMIC(128)

void __tsan_atomic_thread_fence(int order) {
  __atomic_thread_fence(kStrongest);
  Goroutine* goroutine = acting();
  if (goroutine == nullptr) return;
  const Inside inside;
  detector().fence(*goroutine, order_of(order));
}

// Orders nothing between threads.
void __tsan_atomic_signal_fence(int) { __atomic_signal_fence(kStrongest); }

}  // extern "C"
