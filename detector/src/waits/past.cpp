#include "detector/src/waits/past.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "runtime/snapshot.h"

namespace chansan::waits {

using csp::seam::Event;
using csp::seam::EventKind;
using csp::seam::GoroutineId;

bool Past::keeps(EventKind kind) {
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
    case EventKind::kPermitsGiven:
    case EventKind::kPermitsTaken:
    case EventKind::kCondWait:
    case EventKind::kCondNotify:
      return true;
    default:
      return false;
  }
}

Past::Entry& Past::entry_of(std::uint64_t object) {
  constexpr std::uint64_t kMultiplier = 0x9e3779b97f4a7c15u;
  constexpr int kShift = 40;
  return entries_[object * kMultiplier >> kShift & (kEntries - 1)];
}

void Past::note(const Event& event, GoroutineId actor,
                std::span<const std::uint64_t> pcs) {
  // Its address would look like a handle to those who search for leaks.
  const std::uint64_t object = csp::seam::object_name(event.object);
  Entry& entry = entry_of(object);
  const std::scoped_lock guard(entry.lock);
  if (entry.object != object || event.kind == EventKind::kChanMake) {
    entry.object = object;
    entry.count = 0;
    if (event.kind == EventKind::kChanMake) return;
  }
  Operation& operation = entry.operations[entry.count++ % kKept];
  operation.kind = event.kind;
  operation.goroutine = event.goroutine;
  operation.other = event.other;
  operation.value = event.value;
  operation.actor = actor;
  // Most have one, and what lies behind the end is not worth a write.
  const auto end = std::copy(pcs.begin(), pcs.end(), operation.pcs.begin());
  if (end != operation.pcs.end()) *end = 0;
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

namespace {

std::string times(std::int64_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string rendezvous_text(const Past::Operation& operation) {
  const std::string sender = "goroutine " + std::to_string(operation.goroutine);
  const std::string receiver = "goroutine " + std::to_string(operation.other);
  if (operation.actor == operation.other) {
    return receiver + " received from waiting " + sender;
  }
  return sender + " sent to waiting " + receiver;
}

std::string deed(const Past::Operation& operation) {
  switch (operation.kind) {
    case EventKind::kChanSend:
      return "sent a value into the buffer";
    case EventKind::kChanRecv:
      return "received a value out of the buffer";
    case EventKind::kChanClose:
      return "closed it";
    case EventKind::kChanRecvClosed:
      return "received from the closed channel";
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
                 ? "called done()"
                 : "called add(" + std::to_string(operation.value) + ")";
    case EventKind::kWgWait:
      return "came back from wait()";
    case EventKind::kPermitsGiven:
      return "released " + times(operation.value, "permit");
    case EventKind::kPermitsTaken:
      return "acquired " + times(operation.value, "permit");
    case EventKind::kCondWait:
      return "began to wait";
    case EventKind::kCondNotify:
      return operation.value == 0
                 ? "notified, but nobody waited"
                 : "notified and woke " + times(operation.value, "goroutine");
    default:
      return "";
  }
}

}  // namespace

std::string operation_text(const Past::Operation& operation) {
  if (operation.kind == EventKind::kChanTimerSend) return "the timer fired";
  if (operation.kind == EventKind::kChanRendezvous) {
    return rendezvous_text(operation);
  }
  return "goroutine " + std::to_string(operation.goroutine) + " " +
         deed(operation);
}

namespace {

void add_once(std::vector<GoroutineId>& all, GoroutineId id) {
  if (id != 0 && std::find(all.begin(), all.end(), id) == all.end()) {
    all.push_back(id);
  }
}

void add_roles(History& history, const Past::Operation& operation) {
  switch (operation.kind) {
    case EventKind::kChanSend:
    case EventKind::kChanClose:
      add_once(history.senders, operation.goroutine);
      break;
    case EventKind::kChanRendezvous:
      add_once(history.senders, operation.goroutine);
      add_once(history.receivers, operation.other);
      break;
    case EventKind::kChanRecv:
    case EventKind::kChanRecvClosed:
      add_once(history.receivers, operation.goroutine);
      break;
    case EventKind::kCondNotify:
    case EventKind::kPermitsGiven:
    case EventKind::kPermitsTaken:
      add_once(history.wakers, operation.goroutine);
      break;
    default:
      break;
  }
}

}  // namespace

History history_of(Past& past, std::uint64_t address,
                   const std::function<Stack(std::uint64_t)>& frames) {
  History history;
  for (const Past::Operation& each : past.of(address)) {
    Step step{each.goroutine, operation_text(each), {}};
    for (const std::uint64_t pc : each.pcs) {
      if (pc == 0) break;
      const Stack stack = frames(pc);
      if (const Location* place = user_place(stack)) {
        step.location = *place;
        break;
      }
    }
    history.steps.push_back(std::move(step));
    add_once(history.actors, each.goroutine);
    add_once(history.actors, each.other);
    add_roles(history, each);
  }
  return history;
}

}  // namespace chansan::waits
