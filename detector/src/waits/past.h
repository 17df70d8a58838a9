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
#include <string>
#include <vector>

#include "detector/src/race/spin_lock.h"
#include "runtime/event.h"

namespace chansan::waits {

class Past {
 public:
  static constexpr std::size_t kKept = 5;  // operations of one object

  struct Operation {
    csp::seam::EventKind kind{};
    csp::seam::GoroutineId goroutine = 0;
    csp::seam::GoroutineId other = 0;
    std::int64_t value = 0;
    std::uint64_t pc = 0;  // 0: not known
  };

  /// Keeps `event`, which is at `pc`, unless it is no operation on an object.
  /// Called from several OS threads at once.
  void note(const csp::seam::Event& event, std::uint64_t pc);
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

/// "sent", "locked", "add(2)": what the operation did, and to whom.
std::string operation_text(const Past::Operation& operation);

}  // namespace chansan::waits
