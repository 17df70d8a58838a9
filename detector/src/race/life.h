// What is remembered of a goroutine for as long as one of its accesses is.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "detector/src/race/cell.h"
#include "detector/src/race/pool.h"
#include "detector/src/race/sole_thread.h"
#include "detector/src/race/spin_lock.h"
#include "runtime/event.h"

namespace chansan::race {

/// A goroutine that a report names, and the go statement that made it.
struct Ancestor {
  csp::seam::GoroutineId id = 0;  // 0: none
  ContextId created_at = 0;
};

/// The last thing that a goroutine released.
struct Release {
  csp::seam::EventKind kind = csp::seam::EventKind::kGoStart;
  ContextId context = 0;
  Tick tick = 0;  // of the accesses before it; 0: it released nothing
  std::uint64_t object = 0;
  std::uint64_t pc = 0;  // not 0: where it was, called from the context
};

/// Owns one share of a T, which counts its owners.
template <typename T>
class Shared {
 public:
  Shared() = default;
  explicit Shared(T* object) : object_(object) {}
  Shared(const Shared& other) : object_(other.object_) {
    if (object_ == nullptr) return;
    update(object_->owners, [](auto owners) { return owners + 1; });
  }
  Shared(Shared&& other) noexcept
      : object_(std::exchange(other.object_, nullptr)) {}
  Shared& operator=(Shared other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Shared() {
    if (object_ == nullptr) return;
    if (update(object_->owners, [](auto owners) { return owners - 1; }) == 1) {
      delete object_;
    }
  }
  T* operator->() const { return object_; }
  T* get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  T* object_ = nullptr;
};

// Who made a goroutine, and who made that one: one for all of its siblings.
struct Creators {
  // How many up the line are told: a report shows no more.
  static constexpr std::size_t kToldMax = 4;

  std::atomic<std::uint32_t> owners{1};
  std::array<Ancestor, kToldMax> nearest_first;
};

/// A goroutine's name, which a report may read while it is given.
class Name {
 public:
  void set(std::string text) {
    auto fresh = std::make_unique<const std::string>(std::move(text));
    const std::scoped_lock guard(lock());
    text_.swap(fresh);
  }
  std::string get() const {
    const std::scoped_lock guard(lock());
    return text_ == nullptr ? std::string() : *text_;
  }

 private:
  // One for all names: they are seldom given, and seldom asked for.
  static SpinLock& lock() {
    static constinit SpinLock of_all;
    return of_all;
  }

  std::unique_ptr<const std::string> text_;  // guarded by lock(); null: none
};

// Shared by the goroutine while it lives and by its chain's list.
class Life : public Pooled<Life> {
 public:
  csp::seam::GoroutineId id = 0;
  ContextId created_at = 0;
  std::atomic<std::uint32_t> owners{1};
  Shared<Creators> creators;      // null: none
  Shared<Creators> for_children;  // null: it has made none yet
  Name name;
  std::atomic<bool> ended{false};

  // Written by the goroutine, read by reports.
  void set_last_release(const Release& release) {
    kind_ = release.kind;
    pc_high_ = static_cast<std::uint16_t>(release.pc >> kLowBits);
    context_ = release.context;
    tick_ = release.tick;
    pc_low_ = static_cast<std::uint32_t>(release.pc);
    object_ = release.object;
  }
  Release last_release() const {
    return {kind_, context_, tick_, object_,
            std::uint64_t{pc_high_} << kLowBits | pc_low_};
  }

 private:
  static constexpr int kLowBits = 32;

  // A Release, without its padding; of an address there are 48 bits.
  csp::seam::EventKind kind_ = Release().kind;
  std::uint16_t pc_high_ = 0;
  ContextId context_ = 0;
  Tick tick_ = 0;
  std::uint32_t pc_low_ = 0;
  std::uint64_t object_ = 0;
};
static_assert(sizeof(Life) <= 64, "as many as goroutines");
using LifeRef = Shared<Life>;

}  // namespace chansan::race
