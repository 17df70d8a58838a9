/// Choosing among channel operations.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

#include "csp/chan.h"
#include "csp/internal/annotations.h"
#include "csp/internal/select_core.h"

namespace csp {

/// A case that receives from `channel` and drops the value.
///
/// Every case refers to the channel of a named handle, which must live until
/// the select has returned, and keeps that of a temporary. A select_case keeps
/// either.
template <class C>
  requires internal::ReceivesFrom<std::remove_cvref_t<C>>
CSP_ROLE("recv_case")
auto recv_case(C&& channel) {
  using T = internal::ElementOf<C>;
  return internal::RecvCase<T, internal::Ignore>(
      internal::CaseChannel::of(std::forward<C>(channel)), {});
}

/// A case that receives into `out`: nullopt if the channel is closed.
template <class C>
  requires internal::ReceivesFrom<std::remove_cvref_t<C>>
CSP_ROLE("recv_case")
auto recv_case(C&& channel, std::optional<internal::ElementOf<C>>& out) {
  using T = internal::ElementOf<C>;
  return internal::RecvCase<T, internal::StoreTo<T>>(
      internal::CaseChannel::of(std::forward<C>(channel)),
      internal::StoreTo<T>{&out});
}

/// A case that receives and then calls `then` with the value, or with nullopt
/// if the channel is closed.
template <class C, class F>
  requires internal::ReceivesFrom<std::remove_cvref_t<C>> &&
           std::invocable<std::decay_t<F>&,
                          std::optional<internal::ElementOf<C>>>
CSP_ROLE("recv_case")
auto recv_case(C&& channel, F&& then) {
  using T = internal::ElementOf<C>;
  return internal::RecvCase<T, std::decay_t<F>>(
      internal::CaseChannel::of(std::forward<C>(channel)),
      std::forward<F>(then));
}

/// A case that sends `value`. If another case is chosen, the value is
/// destroyed with this one.
template <class C>
  requires internal::SendsTo<std::remove_cvref_t<C>>
CSP_ROLE("send_case")
auto send_case(C&& channel,
               std::type_identity_t<internal::ElementOf<C>> value) {
  using T = internal::ElementOf<C>;
  return internal::SendCase<T, internal::Ignore>(
      internal::CaseChannel::of(std::forward<C>(channel)), std::move(value),
      {});
}

/// A case that sends `value` and then calls `then()`.
template <class C, class F>
  requires internal::SendsTo<std::remove_cvref_t<C>> &&
           std::invocable<std::decay_t<F>&>
CSP_ROLE("send_case")
auto send_case(C&& channel, std::type_identity_t<internal::ElementOf<C>> value,
               F&& then) {
  using T = internal::ElementOf<C>;
  return internal::SendCase<T, std::decay_t<F>>(
      internal::CaseChannel::of(std::forward<C>(channel)), std::move(value),
      std::forward<F>(then));
}

/// The case that runs if no other is ready.
CSP_ROLE("default_case") inline auto default_case() {
  return internal::DefaultCase<internal::Ignore>({});
}
/// As above, and then calls `then()`.
template <class F>
  requires std::invocable<std::decay_t<F>&>
CSP_ROLE("default_case")
auto default_case(F&& then) {
  return internal::DefaultCase<std::decay_t<F>>(std::forward<F>(then));
}

/// A case of any kind, for a number of cases known only at run time. It may
/// be selected again; a value that was sent is gone, and its case is never
/// ready again.
class select_case {
 public:
  template <class C>
    requires internal::kIsCase<C>
  select_case(C one) : holder_(std::make_unique<Typed<C>>(std::move(one))) {
    holder_->own();
  }

 private:
  friend int select(std::span<select_case> cases);
  template <class... Cases>
    requires((internal::kIsCase<std::remove_cvref_t<Cases>> ||
              std::same_as<std::remove_cvref_t<Cases>, select_case>) &&
             ...)
  friend int select(Cases&&... cases);

  struct Holder {
    virtual ~Holder() = default;
    virtual void own() = 0;
    virtual internal::CaseRecord record() = 0;
    virtual void finish(bool received) = 0;
  };
  template <class C>
  struct Typed final : Holder {
    explicit Typed(C one) : typed(std::move(one)) {}
    void own() override { typed.own(); }
    internal::CaseRecord record() override { return typed.record(); }
    void finish(bool received) override { typed.finish(received); }
    C typed;
  };

  internal::CaseRecord record() { return holder_->record(); }
  void finish(bool received) { holder_->finish(received); }

  std::unique_ptr<Holder> holder_;
};

/// Runs one of the ready cases, chosen uniformly at random; if none is ready,
/// the default case; if there is none, blocks until a case is ready. A nil
/// channel's case is never ready; without a case it blocks for ever.
///
/// Returns: the position of the case that ran among all arguments; -1 for the
/// default, wherever it stands.
/// Orders: as the operation of the chosen case; nothing else.
/// Throws: std::logic_error for two defaults; channel_error if the chosen
/// case sends on a closed channel; what the chosen case's function throws.
template <class... Cases>
  requires((internal::kIsCase<std::remove_cvref_t<Cases>> ||
            std::same_as<std::remove_cvref_t<Cases>, select_case>) &&
           ...)
CSP_ROLE("select")
int select(Cases&&... cases) {
  if constexpr (sizeof...(Cases) == 0) {
    return internal::select_records(nullptr, 0).index;
  } else {
    std::array<internal::CaseRecord, sizeof...(Cases)> records{
        cases.record()...};
    const internal::Chosen chosen =
        internal::select_records(records.data(), records.size());
    const bool is_default = chosen.index < 0;
    int position = 0;
    const auto finish = [&](auto& one) {
      const auto kind = records[static_cast<std::size_t>(position)].kind;
      const bool ran = is_default ? kind == internal::CaseKind::kDefault
                                  : position == chosen.index;
      ++position;
      if (ran) one.finish(chosen.received);
    };
    (finish(cases), ...);
    return chosen.index;
  }
}

/// As above, for a number of cases known only at run time.
CSP_ROLE("select") int select(std::span<select_case> cases);

}  // namespace csp
