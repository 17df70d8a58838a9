#include "detector/src/instrument/lock_finding.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "detector/src/instrument/race_finding.h"
#include "detector/src/locks/channel_locks.h"

namespace chansan::live {

namespace {

using locks::Acquisition;
using locks::Cycle;
using locks::HeldLock;
using race::RaceDetector;

// The locks of a cycle by their names: a global's, or a number.
class LockNames {
 public:
  LockNames(const Cycle& cycle, const RaceDetector& detector, Names& names) {
    for (const Acquisition& each : cycle) {
      shared_[each.lock] = shared_[each.lock] || each.shared;
      for (const HeldLock& held : each.held) {
        shared_[held.lock] = shared_[held.lock] || held.shared;
      }
    }
    // In the order of the cycle, then what else is held.
    for (const Acquisition& each : cycle) name(each.lock, names);
    for (const Acquisition& each : cycle) {
      for (const HeldLock& held : each.held) name(held.lock, names);
    }
    for (const Acquisition& each : cycle) {
      Object object;
      object.name = at(each.lock);
      const race::Block block = detector.block(address_of(each.lock));
      if (block.size != 0) {
        object.state = "in a heap block of size " + std::to_string(block.size);
        object.made_at = stack_of(detector, block.allocated_at, names);
      }
      objects_.push_back(std::move(object));
    }
  }
  const std::string& at(std::uint64_t lock) const { return names_.at(lock); }
  std::vector<Object> objects() const { return objects_; }

 private:
  static std::uint64_t address_of(std::uint64_t lock) {
    return locks::is_channel_lock(lock) ? locks::channel_of(lock) : lock;
  }

  void name(std::uint64_t lock, Names& names) {
    if (names_.contains(lock)) return;
    std::string name = locks::is_channel_lock(lock) ? "channel "
                       : shared_[lock]              ? "shared_mutex "
                                                    : "mutex ";
    const Variable global = names.global_at(address_of(lock));
    if (global.name.empty()) {
      name += std::to_string(++numbered_);
    } else {
      name += "'" + global.name + "'";
      const std::uint64_t offset = address_of(lock) - global.address;
      if (offset != 0) name += " + " + std::to_string(offset);
    }
    names_[lock] = name;
  }

  std::map<std::uint64_t, bool> shared_;
  std::map<std::uint64_t, std::string> names_;
  std::vector<Object> objects_;
  int numbered_ = 0;
};

Goroutine goroutine_of(const Acquisition& acquisition, const LockNames& locks,
                       const RaceDetector& detector, Names& names) {
  const race::Life& life = *acquisition.life.get();
  Goroutine goroutine;
  goroutine.id = life.id;
  goroutine.name = names.goroutine_name(life.id);
  goroutine.status = life.ended ? "finished" : "running";
  goroutine.stack = stack_of(detector, acquisition.context, names);
  goroutine.waits_for = locks.at(acquisition.lock);
  goroutine.in_knot = true;
  for (const HeldLock& held : acquisition.held) {
    goroutine.holds.push_back(
        {locks.at(held.lock), stack_of(detector, held.taken_at, names)});
  }
  if (life.creators) {
    goroutine.creator = life.creators->nearest_first[0].id;
  }
  if (life.created_at != 0) {
    goroutine.created_at = creation_stack(detector, life.created_at, names);
  }
  return goroutine;
}

std::string label(const Goroutine& goroutine) {
  std::string text = who(goroutine.id);
  if (!goroutine.name.empty()) text += " (\"" + goroutine.name + "\")";
  return text;
}

}  // namespace

Finding lock_finding(const Cycle& cycle, const RaceDetector& detector,
                     Names& names) {
  const LockNames locks(cycle, detector, names);
  Finding finding;
  finding.id = "lock-order";
  finding.kind = "lock cycle";
  finding.level = Level::kLikely;
  finding.objects = locks.objects();
  std::string order;
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    Goroutine one = goroutine_of(cycle[i], locks, detector, names);
    // What the one before asks for.
    const std::string& had =
        locks.at(cycle[i == 0 ? cycle.size() - 1 : i - 1].lock);
    if (!order.empty()) order += ", ";
    order += label(one) + " takes " + one.waits_for + " while it has " + had;
    // First what the cycle is about.
    const auto first =
        std::find_if(one.holds.begin(), one.holds.end(),
                     [&](const Held& held) { return held.object == had; });
    if (first != one.holds.end()) {
      std::rotate(one.holds.begin(), first, first + 1);
    }
    finding.goroutines.push_back(std::move(one));
  }
  finding.message = "locks are taken in a cycle: " + order;
  finding.why = "Possible deadlock: " + order +
                ": nothing prevents that each has its first lock and waits "
                "for the other";
  finding.hint = "take these locks in the same order everywhere";
  const bool has_channel =
      std::any_of(cycle.begin(), cycle.end(), [](const Acquisition& each) {
        return locks::is_channel_lock(each.lock);
      });
  if (!has_channel) finding.hint += ", or together by std::scoped_lock";
  for (const Frame& frame : finding.goroutines.front().stack) {
    if (frame.location.file.empty()) continue;
    finding.location = frame.location;
    break;
  }
  return finding;
}

std::string lock_identity(const Finding& finding) {
  const auto place = [](const Stack& stack) {
    if (stack.empty()) return std::string();
    const Frame& frame = stack.front();
    return frame.function + '\n' + frame.location.file + '\n' +
           std::to_string(frame.location.line);
  };
  // Numbers say nothing: they are of this cycle alone.
  const auto name = [](const std::string& object) {
    const std::size_t quote = object.find('\'');
    return quote == std::string::npos ? std::string() : object.substr(quote);
  };
  std::vector<std::string> sides;
  for (const Goroutine& each : finding.goroutines) {
    std::string side = name(each.waits_for) + '\n' + place(each.stack);
    if (!each.holds.empty()) side += '\n' + place(each.holds[0].taken_at);
    sides.push_back(std::move(side));
  }
  // Which of them closed the cycle is a matter of the schedule.
  std::sort(sides.begin(), sides.end());
  std::string identity = "lock-order";
  for (const std::string& side : sides) identity += '\n' + side;
  return identity;
}

}  // namespace chansan::live
