/// Cancellation, deadlines and request values, handed down call by call.
#pragma once

#include <any>
#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "csp/chan.h"
#include "csp/internal/annotations.h"
#include "csp/internal/duration.h"
#include "csp/time.h"

namespace csp {

/// Why a context is done. Equal to std::errc::operation_canceled and
/// std::errc::timed_out; the messages are Go's.
enum class context_errc { canceled = 1, deadline_exceeded = 2 };
std::error_code make_error_code(context_errc code) noexcept;

class context;
/// Cancels the context that it came with. Copyable; idempotent; its
/// destructor does nothing.
class cancel_function;

namespace internal {

class ContextCore;

/// A key of with_value(): text, or any value with ==.
class ContextKey {
 public:
  template <class K>
  explicit ContextKey(const K& key) {
    if constexpr (std::convertible_to<const K&, std::string_view>) {
      hold(std::string(std::string_view(key)));
    } else {
      hold(key);
    }
  }
  bool operator==(const ContextKey& other) const {
    return equal_ == other.equal_ && equal_(key_, other.key_);
  }

 private:
  template <class K>
  void hold(K key) {
    key_ = std::make_shared<const K>(std::move(key));
    equal_ = [](const std::shared_ptr<const void>& a,
                const std::shared_ptr<const void>& b) {
      return *static_cast<const K*>(a.get()) == *static_cast<const K*>(b.get());
    };
  }

  std::shared_ptr<const void> key_;
  bool (*equal_)(const std::shared_ptr<const void>&,
                 const std::shared_ptr<const void>&) = nullptr;
};

struct ContextValue {
  const std::type_info* type;
  std::shared_ptr<const void> value;
};

template <class V>
ContextValue make_context_value(V&& value) {
  using D = std::decay_t<V>;
  using Kept = std::conditional_t<std::convertible_to<V, std::string_view>,
                                  std::string, D>;
  if constexpr (std::is_same_v<Kept, std::string>) {
    return {&typeid(Kept), std::make_shared<const Kept>(
                               std::string_view(std::forward<V>(value)))};
  } else {
    return {&typeid(Kept),
            std::make_shared<const Kept>(std::forward<V>(value))};
  }
}

std::pair<context, cancel_function> with_deadline_ns(
    context parent, std::int64_t ns, std::optional<time_point> deadline);
context with_context_value(context parent, ContextKey key, ContextValue value);
const ContextValue* context_value(const ContextCore* core,
                                  const ContextKey& key);

}  // namespace internal

class context {
 public:
  /// As background(): to be assigned to later.
  context();
  /// Never done; the root of all others.
  CSP_ROLE("ctx_background") static context background();

  /// Closed when the context is done; nil for the background.
  /// Orders: the cancel before a receive that returns because of it.
  CSP_ROLE("ctx_done") recv_chan<unit> done() const;
  /// Empty until the context is done; then a context_errc.
  std::error_code err() const;
  /// When the context will be done by itself, if ever.
  std::optional<time_point> deadline() const;
  /// The value that the nearest with_value() gave for `key`; null if there is
  /// none, or if it is not a T.
  template <class T, class K>
  const T* value(const K& key) const {
    const auto* found =
        internal::context_value(core_.get(), internal::ContextKey(key));
    if (!found || *found->type != typeid(T)) return nullptr;
    return static_cast<const T*>(found->value.get());
  }

 private:
  friend internal::ContextCore;
  explicit context(std::shared_ptr<internal::ContextCore> core)
      : core_(std::move(core)) {}

  std::shared_ptr<internal::ContextCore> core_;
  friend const std::shared_ptr<internal::ContextCore>& context_core(
      const context& from);
};

class cancel_function {
 public:
  /// Cancels nothing: to be assigned to later.
  cancel_function() = default;
  CSP_ROLE("ctx_cancel") void operator()() const;

 private:
  friend internal::ContextCore;
  explicit cancel_function(std::shared_ptr<internal::ContextCore> core)
      : core_(std::move(core)) {}

  std::shared_ptr<internal::ContextCore> core_;
};

/// A child of `parent` that is done when it is canceled, or parent is done.
CSP_ROLE("with_cancel")
std::pair<context, cancel_function> with_cancel(context parent);

/// A child that is also done at `deadline`.
CSP_ROLE("with_cancel")
std::pair<context, cancel_function> with_deadline(context parent,
                                                  time_point deadline);

/// A child that is also done after `d`.
template <class Rep, class Period>
CSP_ROLE("with_cancel")
std::pair<context, cancel_function> with_timeout(
    context parent, std::chrono::duration<Rep, Period> d) {
  return internal::with_deadline_ns(std::move(parent),
                                    internal::to_nanoseconds(d), std::nullopt);
}

/// A child in which `key` has `value`. Keys that convert to std::string_view
/// compare as text, others by type and ==. A value is kept decayed, except
/// that text is kept as std::string.
/// Orders: this call before a value() that returns its value.
template <class K, class V>
context with_value(context parent, const K& key, V&& value) {
  return internal::with_context_value(
      std::move(parent), internal::ContextKey(key),
      internal::make_context_value(std::forward<V>(value)));
}

}  // namespace csp

template <>
struct std::is_error_code_enum<csp::context_errc> : std::true_type {};
