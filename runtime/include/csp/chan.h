/// Channels.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "csp/errors.h"
#include "csp/internal/annotations.h"
#include "csp/internal/chan_core.h"

namespace csp {

/// Go's struct{}: chan<unit> carries only the event.
struct unit {
  bool operator==(const unit&) const = default;
};

template <std::move_constructible T>
class chan;
template <std::move_constructible T>
class send_chan;
template <std::move_constructible T>
class recv_chan;

/// What `c >> v` says: whether a value was received.
class recv_status {
 public:
  constexpr explicit recv_status(bool received) noexcept
      : received_(received) {}
  /// False when the channel is closed and drained; `v` is unchanged then.
  constexpr explicit operator bool() const noexcept { return received_; }

 private:
  bool received_;
};

namespace internal {

/// What the three kinds of handle share: identity, and the typed operations.
template <class T>
class Handle {
 public:
  Handle() = default;
  explicit Handle(ChanRef ref) noexcept : ref_(std::move(ref)) {}

  const ChanRef& ref() const noexcept { return ref_; }
  ChanCore* core() const noexcept { return ref_.get(); }

  void send(T&& value) const {
    if constexpr (kTravelsInline<T>) {
      Slot<T> slot;
      ::new (&slot.value) T(std::move(value));
      SendGuard<T> guard{&slot};
      chan_send(core(), &slot.value);
      guard.slot = nullptr;
    } else {
      Slot<Stored<T>> slot;
      ::new (&slot.value) Stored<T>(std::make_unique<T>(std::move(value)));
      SendGuard<Stored<T>> guard{&slot};
      chan_send(core(), &slot.value);
      guard.slot = nullptr;
    }
  }

  std::optional<T> recv() const {
    Slot<Stored<T>> slot;
    if (!chan_recv(core(), &slot.value)) return std::nullopt;
    return take(slot);
  }

  /// The element that was received into `slot`, which is empty afterwards.
  static std::optional<T> take(Slot<Stored<T>>& slot) {
    struct Destroy {
      Slot<Stored<T>>* slot;
      ~Destroy() { std::destroy_at(&slot->value); }
    } destroy{&slot};
    if constexpr (kTravelsInline<T>) {
      return std::optional<T>(std::move(slot.value));
    } else {
      return std::optional<T>(std::move(*slot.value));
    }
  }

 private:
  // The element is still ours if the send throws.
  template <class S>
  struct SendGuard {
    Slot<S>* slot;
    ~SendGuard() {
      if (slot) std::destroy_at(&slot->value);
    }
  };

  ChanRef ref_;
};

/// Receives at the comparison or the dereference, not at ++, so that
/// std::views::take(n) receives n elements.
template <class T>
class RecvIterator {
 public:
  using iterator_concept = std::input_iterator_tag;
  using value_type = T;
  using difference_type = std::ptrdiff_t;

  RecvIterator() = default;
  explicit RecvIterator(Handle<T> from) : from_(std::move(from)) {}
  // Not defaulted: g++ warns that the bytes of an empty optional are copied.
  RecvIterator(RecvIterator&& other) noexcept(
      std::is_nothrow_move_constructible_v<T>)
      : from_(std::move(other.from_)), state_(other.state_) {
    if (other.element_) element_.emplace(std::move(*other.element_));
  }
  RecvIterator& operator=(RecvIterator&& other) noexcept(
      std::is_nothrow_move_constructible_v<T>) {
    if (this == &other) return *this;
    from_ = std::move(other.from_);
    state_ = other.state_;
    element_.reset();
    if (other.element_) element_.emplace(std::move(*other.element_));
    return *this;
  }

  T&& operator*() const {
    fetch();
    return std::move(*element_);
  }
  RecvIterator& operator++() {
    // Skipping an element that nobody looked at still receives it.
    if (state_ == State::kBefore) fetch();
    element_.reset();
    if (state_ == State::kHolds) state_ = State::kBefore;
    return *this;
  }
  void operator++(int) { ++*this; }
  friend bool operator==(const RecvIterator& it, std::default_sentinel_t) {
    it.fetch();
    return it.state_ == State::kEnd;
  }

 private:
  enum class State : unsigned char { kBefore, kHolds, kEnd };

  void fetch() const {
    if (state_ != State::kBefore) return;
    auto received = from_.recv();
    if (received) element_.emplace(std::move(*received));
    state_ = received ? State::kHolds : State::kEnd;
  }

  Handle<T> from_;
  mutable std::optional<T> element_;
  mutable State state_ = State::kBefore;
};

struct HandleAccess {
  template <class Channel>
  static const auto& of(const Channel& channel) noexcept {
    return channel.handle_;
  }
  template <class Channel, class T>
  static Channel make(Handle<T> handle) {
    return Channel(std::move(handle));
  }
};

}  // namespace internal

/// A new channel for elements of type T. With capacity 0 a send waits for its
/// receiver; else up to `capacity` elements are buffered.
///
/// Throws: std::length_error if the capacity cannot be had.
template <std::move_constructible T>
CSP_ROLE("make")
[[gnu::always_inline]] inline chan<T> make_chan(std::size_t capacity = 0) {
  return internal::HandleAccess::make<chan<T>>(
      internal::Handle<T>(internal::ChanRef(internal::chan_make(
          internal::kElementType<internal::Stored<T>>, capacity))));
}

/// A queue of T shared by goroutines, first in first out.
///
/// Copies name the same channel. A default-made chan is nil: send() and
/// recv() on it block for ever, which is how a select case is switched off.
/// Every member may be called from any goroutine.
template <std::move_constructible T>
class chan {
 public:
  using value_type = T;
  using iterator = internal::RecvIterator<T>;

  chan() = default;

  /// Appends `value`. Blocks while the channel is full, or, unbuffered, until
  /// a receiver has taken it.
  /// Orders: this send before its receive returns; receive k before send
  /// k + capacity returns.
  /// Throws: channel_error if the channel is closed, also while blocked.
  CSP_ROLE("send") void send(T value) const { handle_.send(std::move(value)); }

  /// Takes the oldest value. Blocks while the channel is open and empty.
  /// Returns: nullopt once the channel is closed and drained.
  /// Orders: the send, or the close, that answered it before this return.
  CSP_ROLE("recv") std::optional<T> recv() const { return handle_.recv(); }

  /// No more sends. Receivers take what is buffered, then nullopt.
  /// Orders: this close before a receive that returns because of it.
  /// Throws: channel_error if the channel is closed already, or nil.
  CSP_ROLE("close") void close() const { internal::chan_close(core()); }

  /// Elements buffered now; nil: 0. Orders nothing.
  std::size_t len() const noexcept { return internal::chan_len(core()); }
  /// Elements that fit in the buffer; nil: 0.
  std::size_t cap() const noexcept { return internal::chan_cap(core()); }
  /// Whether the channel is not nil.
  explicit operator bool() const noexcept { return core() != nullptr; }

  /// An input range of T&&: until the channel is closed and drained.
  CSP_ROLE("range") iterator begin() const { return iterator(handle_); }
  std::default_sentinel_t end() const noexcept { return {}; }

  /// Whether both name the same channel.
  friend bool operator==(const chan& a, const chan& b) noexcept {
    return a.core() == b.core();
  }
  /// Sends. Returns the channel.
  CSP_ROLE("send")
  friend const chan& operator<<(const chan& channel, T value) {
    channel.handle_.send(std::move(value));
    return channel;
  }
  /// Receives into `out`, which is unchanged if the channel is closed.
  CSP_ROLE("recv")
  friend recv_status operator>>(const chan& channel, T& out)
    requires std::assignable_from<T&, T>
  {
    auto received = channel.handle_.recv();
    if (received) out = std::move(*received);
    return recv_status(received.has_value());
  }

 private:
  friend internal::HandleAccess;
  explicit chan(internal::Handle<T> handle) noexcept
      : handle_(std::move(handle)) {}
  internal::ChanCore* core() const noexcept { return handle_.core(); }

  internal::Handle<T> handle_;
};

/// The end of a channel that only sends: Go's chan<- T.
template <std::move_constructible T>
class send_chan {
 public:
  using value_type = T;

  send_chan() = default;
  send_chan(const chan<T>& channel) noexcept
      : handle_(internal::HandleAccess::of(channel)) {}

  /// As chan::send.
  CSP_ROLE("send") void send(T value) const { handle_.send(std::move(value)); }
  /// As chan::close.
  CSP_ROLE("close") void close() const { internal::chan_close(core()); }
  std::size_t len() const noexcept { return internal::chan_len(core()); }
  std::size_t cap() const noexcept { return internal::chan_cap(core()); }
  explicit operator bool() const noexcept { return core() != nullptr; }

  friend bool operator==(const send_chan& a, const send_chan& b) noexcept {
    return a.core() == b.core();
  }
  CSP_ROLE("send")
  friend const send_chan& operator<<(const send_chan& channel, T value) {
    channel.handle_.send(std::move(value));
    return channel;
  }

 private:
  friend internal::HandleAccess;
  internal::ChanCore* core() const noexcept { return handle_.core(); }

  internal::Handle<T> handle_;
};

/// The end of a channel that only receives: Go's <-chan T.
template <std::move_constructible T>
class recv_chan {
 public:
  using value_type = T;
  using iterator = internal::RecvIterator<T>;

  recv_chan() = default;
  recv_chan(const chan<T>& channel) noexcept
      : handle_(internal::HandleAccess::of(channel)) {}

  /// As chan::recv.
  CSP_ROLE("recv") std::optional<T> recv() const { return handle_.recv(); }
  std::size_t len() const noexcept { return internal::chan_len(core()); }
  std::size_t cap() const noexcept { return internal::chan_cap(core()); }
  explicit operator bool() const noexcept { return core() != nullptr; }

  /// As chan::begin.
  CSP_ROLE("range") iterator begin() const { return iterator(handle_); }
  std::default_sentinel_t end() const noexcept { return {}; }

  friend bool operator==(const recv_chan& a, const recv_chan& b) noexcept {
    return a.core() == b.core();
  }
  CSP_ROLE("recv")
  friend recv_status operator>>(const recv_chan& channel, T& out)
    requires std::assignable_from<T&, T>
  {
    auto received = channel.handle_.recv();
    if (received) out = std::move(*received);
    return recv_status(received.has_value());
  }

 private:
  friend internal::HandleAccess;
  internal::ChanCore* core() const noexcept { return handle_.core(); }

  internal::Handle<T> handle_;
};

}  // namespace csp

template <class T>
struct std::hash<csp::chan<T>> {
  std::size_t operator()(const csp::chan<T>& channel) const noexcept {
    return std::hash<const void*>()(
        csp::internal::HandleAccess::of(channel).core());
  }
};
template <class T>
struct std::hash<csp::send_chan<T>> {
  std::size_t operator()(const csp::send_chan<T>& channel) const noexcept {
    return std::hash<const void*>()(
        csp::internal::HandleAccess::of(channel).core());
  }
};
template <class T>
struct std::hash<csp::recv_chan<T>> {
  std::size_t operator()(const csp::recv_chan<T>& channel) const noexcept {
    return std::hash<const void*>()(
        csp::internal::HandleAccess::of(channel).core());
  }
};
