/// What a select is made of. Not promised.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "csp/chan.h"
#include "csp/internal/chan_core.h"

namespace csp::internal {

enum class CaseKind : std::uint8_t { kRecv, kSend, kDefault };

/// One case as the untyped half sees it. `element` is where a received value
/// goes, or where the value to send lies.
struct CaseRecord {
  CaseKind kind = CaseKind::kDefault;
  ChanCore* core = nullptr;  // null: never ready
  void* element = nullptr;
};

struct Chosen {
  int index;      // of the record; -1: the default
  bool received;  // a receive that got a value
};

/// Runs one ready case, chosen uniformly; else the default; else blocks.
/// Throws std::logic_error for two defaults, channel_error for a ready send
/// on a closed channel (its value stays where it is).
Chosen select_records(CaseRecord* records, std::size_t count);

/// A handle that receives, or sends, elements of type T.
template <class C>
concept ReceivesFrom = requires {
  typename C::value_type;
  requires std::same_as<C, chan<typename C::value_type>> ||
               std::same_as<C, recv_chan<typename C::value_type>>;
};
template <class C>
concept SendsTo = requires {
  typename C::value_type;
  requires std::same_as<C, chan<typename C::value_type>> ||
               std::same_as<C, send_chan<typename C::value_type>>;
};

/// What C, a handle or a reference to one, carries.
template <class C>
using ElementOf = typename std::remove_cvref_t<C>::value_type;

/// The channel of a case. As a range adaptor refers to a named range and owns
/// a temporary one, so a case made from a named handle refers to its channel,
/// which saves two atomic operations, and one made from a temporary keeps it.
class CaseChannel {
 public:
  template <class C>
  static CaseChannel of(C&& channel) {
    const ChanRef& ref = HandleAccess::of(channel).ref();
    if constexpr (std::is_lvalue_reference_v<C>) {
      return CaseChannel(ref.get());
    } else {
      return CaseChannel(ChanRef(ref));
    }
  }
  /// From now on the case keeps its channel.
  void own() {
    if (!owner_.get() && core_) owner_ = ChanRef::another(core_);
  }
  ChanCore* core() const noexcept { return core_; }

 private:
  explicit CaseChannel(ChanCore* borrowed) noexcept : core_(borrowed) {}
  explicit CaseChannel(ChanRef owned) noexcept
      : core_(owned.get()), owner_(std::move(owned)) {}

  ChanCore* core_;
  ChanRef owner_;  // null: somebody else's handle lives longer
};

struct Ignore {
  template <class... Args>
  void operator()(Args&&...) const noexcept {}
};

template <class T>
struct StoreTo {
  std::optional<T>* out;
  void operator()(std::optional<T> received) const {
    out->reset();
    if (received) out->emplace(std::move(*received));
  }
};

template <class T, class Then>
class RecvCase {
 public:
  RecvCase(CaseChannel from, Then then)
      : from_(std::move(from)), then_(std::move(then)) {}
  // The slot holds nothing outside of a select.
  RecvCase(RecvCase&& other)
      : from_(std::move(other.from_)), then_(std::move(other.then_)) {}

  void own() { from_.own(); }
  CaseRecord record() { return {CaseKind::kRecv, from_.core(), &slot_.value}; }
  void finish(bool received) {
    // One call: g++ warns of a dereference in the copy that is without value.
    then_(received ? Handle<T>::take(slot_) : std::optional<T>());
  }

 private:
  CaseChannel from_;
  [[no_unique_address]] Then then_;
  Slot<Stored<T>> slot_;
};

template <class T, class Then>
class SendCase {
 public:
  SendCase(CaseChannel to, T&& value, Then then)
      : to_(std::move(to)), then_(std::move(then)) {
    if constexpr (kTravelsInline<T>) {
      ::new (&slot_.value) T(std::move(value));
    } else {
      ::new (&slot_.value) Stored<T>(std::make_unique<T>(std::move(value)));
    }
    holds_ = true;
  }
  SendCase(SendCase&& other)
      : to_(std::move(other.to_)), then_(std::move(other.then_)) {
    if (!other.holds_) return;
    ::new (&slot_.value) Stored<T>(std::move(other.slot_.value));
    holds_ = true;
    other.drop();
  }
  ~SendCase() { drop(); }

  void own() { to_.own(); }
  CaseRecord record() {
    return {CaseKind::kSend, holds_ ? to_.core() : nullptr, &slot_.value};
  }
  void finish(bool) {
    holds_ = false;  // The value is the channel's now.
    then_();
  }

 private:
  void drop() {
    if (holds_) std::destroy_at(&slot_.value);
    holds_ = false;
  }

  CaseChannel to_;
  [[no_unique_address]] Then then_;
  Slot<Stored<T>> slot_;
  bool holds_ = false;
};

template <class Then>
class DefaultCase {
 public:
  explicit DefaultCase(Then then) : then_(std::move(then)) {}
  void own() {}
  CaseRecord record() { return {}; }
  void finish(bool) { then_(); }

 private:
  [[no_unique_address]] Then then_;
};

template <class C>
inline constexpr bool kIsCase = false;
template <class T, class Then>
inline constexpr bool kIsCase<RecvCase<T, Then>> = true;
template <class T, class Then>
inline constexpr bool kIsCase<SendCase<T, Then>> = true;
template <class Then>
inline constexpr bool kIsCase<DefaultCase<Then>> = true;

}  // namespace csp::internal
