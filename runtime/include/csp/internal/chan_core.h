/// The untyped half of a channel, as the typed half sees it. Not promised.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace csp::internal {

class ChanCore;

/// What the untyped half must know of an element. Elements move between raw
/// storage only; `relocate` leaves the source without an object. It never
/// throws: elements whose move may throw are boxed (see Element).
struct ElementType {
  std::uint32_t size;
  std::uint32_t align;
  void (*relocate)(void* to, void* from) noexcept;  // null: copy the bytes
  void (*destroy)(void* at) noexcept;               // null: nothing to do
};

template <class T>
void relocate_element(void* to, void* from) noexcept {
  T* source = std::launder(static_cast<T*>(from));
  ::new (to) T(std::move(*source));
  std::destroy_at(source);
}

template <class T>
void destroy_element(void* at) noexcept {
  std::destroy_at(std::launder(static_cast<T*>(at)));
}

template <class T>
inline constexpr ElementType kElementType = {
    std::is_empty_v<T> && std::is_trivially_copyable_v<T>
        ? 0u
        : static_cast<std::uint32_t>(sizeof(T)),
    alignof(T),
    std::is_trivially_copyable_v<T> ? nullptr : &relocate_element<T>,
    std::is_trivially_destructible_v<T> ? nullptr : &destroy_element<T>};

/// Whether elements travel as they are. Others travel in a box, so that no
/// exception can leave a channel half changed.
template <class T>
inline constexpr bool kTravelsInline =
    std::is_nothrow_move_constructible_v<T> && sizeof(T) <= 0xffff;

/// What is stored in the channel's slots for elements of type T.
template <class T>
using Stored = std::conditional_t<kTravelsInline<T>, T, std::unique_ptr<T>>;

/// Raw storage for at most one object of type T.
template <class T>
union Slot {
  Slot() {}
  ~Slot() {}
  T value;
};

// Every function below takes null for the nil channel.

/// Throws std::length_error if the capacity cannot be had.
ChanCore* chan_make(const ElementType& type, std::size_t capacity);
void chan_retain(ChanCore* core) noexcept;
void chan_release(ChanCore* core) noexcept;
/// Relocates *element into the channel; on an exception it stays where it is.
void chan_send(ChanCore* core, void* element);
/// Relocates an element to `to`. Returns false, and leaves `to` alone, once
/// the channel is closed and drained.
bool chan_recv(ChanCore* core, void* to);
void chan_close(ChanCore* core);
std::size_t chan_len(const ChanCore* core) noexcept;
std::size_t chan_cap(const ChanCore* core) noexcept;

/// A counted reference to a channel.
class ChanRef {
 public:
  ChanRef() = default;
  explicit ChanRef(ChanCore* adopted) noexcept : core_(adopted) {}
  ChanRef(const ChanRef& other) noexcept : core_(other.core_) {
    if (core_) chan_retain(core_);
  }
  /// One more reference to a channel that somebody keeps.
  static ChanRef another(ChanCore* core) noexcept {
    chan_retain(core);
    return ChanRef(core);
  }
  ChanRef(ChanRef&& other) noexcept
      : core_(std::exchange(other.core_, nullptr)) {}
  ChanRef& operator=(ChanRef other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~ChanRef() {
    if (core_) chan_release(core_);
  }
  ChanCore* get() const noexcept { return core_; }

 private:
  ChanCore* core_ = nullptr;
};

}  // namespace csp::internal
