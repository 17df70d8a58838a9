// What is remembered of a goroutine for as long as one of its accesses is.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "detector/src/race/cell.h"
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
};

// Shared by the goroutine while it lives and by its chain's list.
struct Life {
  // How many creators up the line are told: a report shows no more.
  static constexpr std::size_t kAncestors = 4;

  csp::seam::GoroutineId id = 0;
  ContextId created_at = 0;
  std::atomic<std::uint32_t> owners{1};
  std::atomic<bool> ended{false};
  Release last_release;  // written by the goroutine, read by reports
  std::array<Ancestor, kAncestors> ancestors;  // nearest first
};

/// Owns one share of a Life.
class LifeRef {
 public:
  LifeRef() = default;
  explicit LifeRef(Life* life) : life_(life) {}
  LifeRef(const LifeRef& other) : life_(other.life_) {
    if (life_ != nullptr) life_->owners.fetch_add(1, std::memory_order_relaxed);
  }
  LifeRef(LifeRef&& other) noexcept : life_(other.life_) {
    other.life_ = nullptr;
  }
  LifeRef& operator=(LifeRef other) noexcept {
    std::swap(life_, other.life_);
    return *this;
  }
  ~LifeRef() {
    if (life_ == nullptr) return;
    if (life_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      delete life_;
    }
  }
  Life* operator->() const { return life_; }
  Life* get() const { return life_; }
  explicit operator bool() const { return life_ != nullptr; }

 private:
  Life* life_ = nullptr;
};

}  // namespace chansan::race
