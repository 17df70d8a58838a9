// A tree: who is canceled cancels its children.
//
// No two of their locks are held at the same time.
#include "csp/context.h"

#include <memory>
#include <utility>
#include <vector>

#include "csp/race.h"
#include "runtime/src/listener.h"
#include "runtime/src/lock.h"

namespace csp {
namespace internal {

class ContextCore : public std::enable_shared_from_this<ContextCore> {
 public:
  explicit ContextCore(std::shared_ptr<ContextCore> parent)
      : parent_(std::move(parent)),
        deadline_(parent_ ? parent_->deadline_ : std::nullopt) {}
  // What others did with this context and its value is over; those who saw it
  // through a child dropped it here, where a listener cannot see the count.
  ~ContextCore() {
    race::acquire(this);
    leave_parent();
    if (parent_) race::release(parent_.get());
  }

  static context wrap(std::shared_ptr<ContextCore> core) {
    return context(std::move(core));
  }
  static cancel_function canceler(std::shared_ptr<ContextCore> core) {
    return cancel_function(std::move(core));
  }

  /// Done when the nearest ancestor that can be canceled is.
  recv_chan<unit> done() const {
    return cancelable_ ? recv_chan<unit>(done_) : inherited_done_;
  }
  std::error_code err() const {
    for (const ContextCore* core = this; core; core = core->parent_.get()) {
      if (!core->cancelable_) continue;
      return core->error();
    }
    return {};
  }
  std::optional<time_point> deadline() const { return deadline_; }

  std::error_code error() const {
    ScopedLock hold(mutex_);
    if (error_) race::acquire(&error_);
    return error_;
  }

  void become_value(ContextKey key, ContextValue value) {
    key_ = std::move(key);
    value_ = std::move(value);
    if (parent_) inherited_done_ = parent_->done();
  }
  void become_cancelable() {
    cancelable_ = true;
    done_ = make_chan<unit>();
    ContextCore* above = parent_.get();
    while (above && !above->cancelable_) above = above->parent_.get();
    if (!above) return;
    std::error_code error;
    {
      ScopedLock hold(above->mutex_);
      error = above->error_;
      if (!error) above->children_.push_back(this);
    }
    if (error) {
      // What is received here comes after that cancel too.
      race::acquire(&above->error_);
      cancel(error);
    } else {
      // Nobody else knows this context yet.
      ScopedLock hold(mutex_);
      canceled_by_ = above;
    }
  }
  void set_deadline(std::int64_t ns, time_point deadline) {
    if (deadline_ && *deadline_ <= deadline) return;  // the parent's is sooner
    deadline_ = deadline;
    if (ns <= 0) {
      cancel(context_errc::deadline_exceeded);
      return;
    }
    std::weak_ptr<ContextCore> self = weak_from_this();
    auto timer = std::make_unique<csp::timer>(
        after_func(std::chrono::nanoseconds(ns), [self] {
          if (auto core = self.lock()) {
            core->cancel(context_errc::deadline_exceeded);
            drop(std::move(core));
          }
        }));
    ScopedLock hold(mutex_);
    if (!error_) timer_ = std::move(timer);
  }

  void cancel(std::error_code error) {
    // Children may go away while this runs, but not without the lock.
    std::vector<std::shared_ptr<ContextCore>> children;
    std::unique_ptr<csp::timer> timer;
    {
      ScopedLock hold(mutex_);
      if (error_) return;
      error_ = error;
      race::release(&error_);
      timer = std::move(timer_);
      for (ContextCore* child : children_) {
        if (auto alive = child->weak_from_this().lock()) {
          children.push_back(std::move(alive));
        }
      }
    }
    done_.close();
    for (auto& child : children) {
      child->cancel(error);
      drop(std::move(child));
    }
    leave_parent();
  }

  const ContextValue* value(const ContextKey& key) const {
    for (const ContextCore* core = this; core; core = core->parent_.get()) {
      if (core->key_ && *core->key_ == key) return &core->value_;
    }
    return nullptr;
  }

 private:
  // Gives up an owner that a listener did not see begin.
  static void drop(std::shared_ptr<ContextCore> core) {
    race::release(core.get());
    const Unobserved unobserved;
    core.reset();
  }
  void leave_parent() {
    ContextCore* above = nullptr;
    {
      ScopedLock hold(mutex_);
      above = std::exchange(canceled_by_, nullptr);
    }
    if (!above) return;
    ScopedLock hold(above->mutex_);
    std::erase(above->children_, this);
  }

  // Constant once the context has been handed out.
  const std::shared_ptr<ContextCore> parent_;
  bool cancelable_ = false;
  std::optional<time_point> deadline_;
  chan<unit> done_;
  recv_chan<unit> inherited_done_;
  std::optional<ContextKey> key_;
  ContextValue value_{nullptr, nullptr};

  // A lock that listeners do not see: two who cancel are not ordered.
  mutable RankedLock<LockRank::kSync> mutex_;
  std::error_code error_ CSP_GUARDED_BY(mutex_);
  std::vector<ContextCore*> children_ CSP_GUARDED_BY(mutex_);
  std::unique_ptr<csp::timer> timer_ CSP_GUARDED_BY(mutex_);
  ContextCore* canceled_by_ CSP_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace internal

const std::shared_ptr<internal::ContextCore>& context_core(
    const context& from) {
  return from.core_;
}

namespace {

class ContextCategory final : public std::error_category {
 public:
  const char* name() const noexcept override { return "csp.context"; }
  std::string message(int code) const override {
    return code == static_cast<int>(context_errc::canceled)
               ? "context canceled"
               : "context deadline exceeded";
  }
  std::error_condition default_error_condition(
      int code) const noexcept override {
    return code == static_cast<int>(context_errc::canceled)
               ? std::errc::operation_canceled
               : std::errc::timed_out;
  }
};

std::shared_ptr<internal::ContextCore> child_of(const context& parent) {
  return std::make_shared<internal::ContextCore>(context_core(parent));
}

}  // namespace

std::error_code make_error_code(context_errc code) noexcept {
  static const ContextCategory category;
  return {static_cast<int>(code), category};
}

context context::background() {
  static const auto& core = *new std::shared_ptr<internal::ContextCore>(
      std::make_shared<internal::ContextCore>(nullptr));
  return internal::ContextCore::wrap(core);
}

context::context() : context(background()) {}
recv_chan<unit> context::done() const { return core_->done(); }
std::error_code context::err() const { return core_->err(); }
std::optional<time_point> context::deadline() const {
  return core_->deadline();
}

void cancel_function::operator()() const {
  if (core_) core_->cancel(context_errc::canceled);
}

std::pair<context, cancel_function> with_cancel(context parent) {
  auto core = child_of(parent);
  core->become_cancelable();
  return {internal::ContextCore::wrap(core),
          internal::ContextCore::canceler(core)};
}

std::pair<context, cancel_function> with_deadline(context parent,
                                                  time_point deadline) {
  return internal::with_deadline_ns(
      std::move(parent),
      internal::to_nanoseconds(deadline - time_point::clock::now()), deadline);
}

namespace internal {

std::pair<context, cancel_function> with_deadline_ns(
    context parent, std::int64_t ns, std::optional<time_point> deadline) {
  auto core = child_of(parent);
  core->become_cancelable();
  const auto now = time_point::clock::now();
  const auto longest = time_point::max() - now;
  const auto when = deadline.value_or(std::chrono::nanoseconds(ns) < longest
                                          ? now + std::chrono::nanoseconds(ns)
                                          : time_point::max());
  core->set_deadline(ns, when);
  return {ContextCore::wrap(core), ContextCore::canceler(core)};
}

context with_context_value(context parent, ContextKey key, ContextValue value) {
  auto core = child_of(parent);
  core->become_value(std::move(key), std::move(value));
  return ContextCore::wrap(core);
}

const ContextValue* context_value(const ContextCore* core,
                                  const ContextKey& key) {
  return core ? core->value(key) : nullptr;
}

}  // namespace internal
}  // namespace csp
