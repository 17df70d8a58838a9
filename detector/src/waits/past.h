// The last operations on each object that goroutines wait on.
//
// A table of fixed size: an event costs a lock of its own entry and one record,
// and an object that falls on another one's entry takes it over. So the past of
// an object may be unknown, but never wrong.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "detector/src/race/spin_lock.h"
#include "detector/src/waits/places.h"
#include "runtime/event.h"

namespace chansan::waits {

class Past {
 public:
  static constexpr std::size_t kKept = 5;  // operations of one object
  // Of a stack: so many lie between the program and the listener at -O0.
  static constexpr std::size_t kDepth = 16;
  using Pcs = std::array<std::uint64_t, kDepth>;  // innermost first; 0 ends

  struct Operation {
    csp::seam::EventKind kind{};
    csp::seam::GoroutineId goroutine = 0;
    csp::seam::GoroutineId other = 0;
    std::int64_t value = 0;
    csp::seam::GoroutineId actor = 0;  // who did it, and whose stack it is
    Pcs pcs{};
  };

  /// Whether `kind` is an operation on an object.
  static bool keeps(csp::seam::EventKind kind);
  /// Keeps `event`, which `actor`, 0 if not known, tells at `pcs`. Called from
  /// several OS threads at once. Requires: keeps(event.kind); there are no more
  /// pcs than kDepth.
  void note(const csp::seam::Event& event, csp::seam::GoroutineId actor,
            std::span<const std::uint64_t> pcs);
  /// Of the object at `address`, oldest first.
  std::vector<Operation> of(std::uint64_t address);

 private:
  struct Entry {
    race::SpinLock lock;
    std::uint32_t count = 0;   // operations, ever
    std::uint64_t object = 0;  // 0: none
    std::array<Operation, kKept> operations;
  };
  static constexpr std::size_t kEntries = 1 << 13;

  Entry& entry_of(std::uint64_t object);

  std::array<Entry, kEntries> entries_;
};

/// "goroutine 2 sent to goroutine 3, which was waiting": who did what.
std::string operation_text(const Past::Operation& operation);
/// The past of the object at `address`, for a report.
History history_of(Past& past, std::uint64_t address,
                   const std::function<Stack(std::uint64_t)>& frames);

}  // namespace chansan::waits
