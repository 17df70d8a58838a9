#include "detector/src/waits/past.h"

#include <algorithm>
#include <mutex>

#include "runtime/snapshot.h"

namespace chansan::waits {

using csp::seam::Event;
using csp::seam::EventKind;

namespace {

bool is_operation(EventKind kind) {
  switch (kind) {
    case EventKind::kChanMake:
    case EventKind::kChanSend:
    case EventKind::kChanRecv:
    case EventKind::kChanRendezvous:
    case EventKind::kChanClose:
    case EventKind::kChanRecvClosed:
    case EventKind::kChanTimerSend:
    case EventKind::kLock:
    case EventKind::kUnlock:
    case EventKind::kRLock:
    case EventKind::kRUnlock:
    case EventKind::kWgAdd:
    case EventKind::kWgWait:
      return true;
    default:
      return false;
  }
}

}  // namespace

Past::Entry& Past::entry_of(std::uint64_t object) {
  constexpr std::uint64_t kMultiplier = 0x9e3779b97f4a7c15u;
  constexpr int kShift = 40;
  return entries_[object * kMultiplier >> kShift & (kEntries - 1)];
}

void Past::note(const Event& event, std::uint64_t pc) {
  if (!is_operation(event.kind)) return;
  // Its address would look like a handle to those who search for leaks.
  const std::uint64_t object = csp::seam::object_name(event.object);
  Entry& entry = entry_of(object);
  const std::scoped_lock guard(entry.lock);
  if (entry.object != object || event.kind == EventKind::kChanMake) {
    entry.object = object;
    entry.count = 0;
    if (event.kind == EventKind::kChanMake) return;
  }
  entry.operations[entry.count++ % kKept] = {event.kind, event.goroutine,
                                             event.other, event.value, pc};
}

std::vector<Past::Operation> Past::of(std::uint64_t address) {
  const std::uint64_t object = csp::seam::object_name(address);
  Entry& entry = entry_of(object);
  const std::scoped_lock guard(entry.lock);
  std::vector<Operation> operations;
  if (entry.object != object) return operations;
  const std::size_t kept = std::min<std::size_t>(entry.count, kKept);
  for (std::size_t i = entry.count - kept; i < entry.count; ++i) {
    operations.push_back(entry.operations[i % kKept]);
  }
  return operations;
}

std::string operation_text(const Past::Operation& operation) {
  switch (operation.kind) {
    case EventKind::kChanSend:
      return "sent a value into the buffer";
    case EventKind::kChanRecv:
      return "received a value out of the buffer";
    case EventKind::kChanRendezvous:
      return "sent, and goroutine " + std::to_string(operation.other) +
             " received";
    case EventKind::kChanClose:
      return "closed it";
    case EventKind::kChanRecvClosed:
      return "received from the closed channel";
    case EventKind::kChanTimerSend:
      return "the timer fired";
    case EventKind::kLock:
      return "locked it";
    case EventKind::kUnlock:
      return "unlocked it";
    case EventKind::kRLock:
      return "read-locked it";
    case EventKind::kRUnlock:
      return "gave back its read lock";
    case EventKind::kWgAdd:
      return operation.value == -1
                 ? "done()"
                 : "add(" + std::to_string(operation.value) + ")";
    case EventKind::kWgWait:
      return "wait() returned";
    default:
      return "";
  }
}

}  // namespace chansan::waits
