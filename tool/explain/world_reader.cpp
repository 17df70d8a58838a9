#include "tool/explain/world_reader.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>

namespace chansan {
namespace {

using csp::seam::GoroutineId;
using csp::seam::ObjectKind;
using csp::seam::ObjectSnapshot;
using csp::seam::Wait;
using csp::seam::World;

constexpr std::uint64_t kWord = sizeof(std::uint64_t);
constexpr int kStepsMax = 4;  // pointers followed in a row
constexpr std::uint64_t kBlockMax = 4096;
constexpr std::uint64_t kVariable = 64;  // of another goroutine's stack
constexpr std::size_t kBlocksMax = 20'000;
// Beyond so many nobody reads who could have woken whom.
constexpr std::size_t kReachedMax = 5000;

ObjectKind kind_of(std::string_view status) {
  if (status == "sync.Mutex.Lock") return ObjectKind::kMutex;
  if (status.starts_with("sync.RWMutex")) return ObjectKind::kSharedMutex;
  if (status == "sync.WaitGroup.Wait") return ObjectKind::kWaitGroup;
  if (status == "sync.Cond.Wait") return ObjectKind::kCondition;
  if (status == "sync.Once") return ObjectKind::kOnce;
  if (status == "semacquire") return ObjectKind::kSemaphore;
  return ObjectKind::kChannel;
}

const char* prefix_of(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kChannel:
      return "chan";
    case ObjectKind::kMutex:
      return "mutex";
    case ObjectKind::kSharedMutex:
      return "shared_mutex";
    case ObjectKind::kWaitGroup:
      return "wait_group";
    case ObjectKind::kCondition:
      return "condition";
    case ObjectKind::kOnce:
      return "once";
    case ObjectKind::kSemaphore:
      return "semaphore";
  }
  return "";
}

// A sleeper and one that waits for a descriptor are woken from outside.
bool waits_for_others(const RawGoroutine& goroutine) {
  return goroutine.waiting && goroutine.status != "sleep" &&
         goroutine.status != "IO wait";
}

}  // namespace

std::vector<Wait> WorldReader::waits_of(const RawGoroutine& goroutine) {
  if (!waits_for_others(goroutine)) return {};
  if (goroutine.waits_on != 0) {
    return {{goroutine.waits_on, goroutine.status == "chan send"}};
  }
  std::vector<Wait> waits;
  constexpr std::uint64_t kCasesMax = 0x10000;
  const auto size =
      static_cast<std::uint64_t>(memory_.field("case.size").value_or(0));
  if (goroutine.status != "select" || size == 0) return waits;
  for (std::uint64_t i = 0; i < std::min(goroutine.case_count, kCasesMax);
       ++i) {
    const std::uint64_t at = goroutine.cases + i * size;
    const auto channel = memory_.member(at, "case.channel", 8);
    const auto kind = memory_.member(at, "case.kind", 1);
    if (!channel || !kind || *channel == 0) continue;
    const bool send =
        static_cast<std::int64_t>(*kind) == memory_.field("case.send");
    waits.push_back({*channel, send});
  }
  return waits;
}

void WorldReader::add_holder(Object& object, std::uint64_t taken, bool shared,
                             const std::vector<RawGoroutine>& goroutines) {
  const auto half = memory_.member(taken, "taken.goroutine", 4);
  if (!half || *half == 0) return;
  GoroutineId holder = *half;
  for (const RawGoroutine& each : goroutines) {
    if (static_cast<std::uint32_t>(each.id) == *half) holder = each.id;
  }
  std::uint64_t site = memory_.member(taken, "taken.site", 8).value_or(0);
  // A return address is the instruction after the call.
  if (site != 0) --site;
  object.holders.push_back({holder, site, shared});
}

void WorldReader::describe(Object& object,
                           const std::vector<RawGoroutine>& goroutines) {
  const auto number = [&](const char* name, std::size_t bytes) {
    return memory_.member(object.id, name, bytes).value_or(0);
  };
  const auto offset = [&](const char* name) {
    return object.id +
           static_cast<std::uint64_t>(memory_.field(name).value_or(0));
  };
  switch (object.kind) {
    case ObjectKind::kChannel:
      object.count = static_cast<std::int64_t>(number("chan.count", 8));
      object.capacity = number("chan.capacity", 8);
      object.handles = static_cast<std::uint32_t>(number("chan.references", 4));
      object.is_timer = number("chan.timer", 1) != 0;
      // Whether it is going to fire is not looked up; it may.
      object.armed = object.is_timer;
      object.made_at = number("chan.made_at", 8);
      if (object.made_at != 0) --object.made_at;
      return;
    case ObjectKind::kMutex:
      return add_holder(object, offset("mutex.taken"), false, goroutines);
    case ObjectKind::kSharedMutex: {
      object.count =
          static_cast<std::int64_t>(number("shared_mutex.readers", 4));
      if (number("shared_mutex.writer", 1) != 0) {
        add_holder(object, offset("shared_mutex.taken"), false, goroutines);
      }
      const auto kept = memory_.field("shared_mutex.readers_kept").value_or(0);
      const auto size = memory_.field("taken.size").value_or(0);
      for (std::int64_t i = 0; i < kept; ++i) {
        add_holder(object,
                   offset("shared_mutex.taken_shared") +
                       static_cast<std::uint64_t>(i * size),
                   true, goroutines);
      }
      return;
    }
    case ObjectKind::kWaitGroup:
      object.count = static_cast<std::int32_t>(number("wait_group.counter", 4));
      return;
    case ObjectKind::kCondition:
      object.count = static_cast<std::int64_t>(number("condition.unheard", 4));
      return;
    case ObjectKind::kOnce:
      return add_holder(object, offset("once.taken"), false, goroutines);
    case ObjectKind::kSemaphore:
      object.count =
          static_cast<std::int64_t>(number("semaphore.available", 8));
      return;
  }
}

std::uint64_t WorldReader::size_of(const Object& object) const {
  const std::string name = std::string(prefix_of(object.kind)) + ".size";
  return static_cast<std::uint64_t>(memory_.field(name).value_or(0));
}

World WorldReader::read(const std::vector<RawGoroutine>& goroutines,
                        std::vector<std::vector<std::uintptr_t>> pcs,
                        std::int64_t now_ns) {
  World world;
  // Equal stacks are kept once: by that the rules know them for equal.
  std::map<std::vector<std::uintptr_t>, std::size_t> kept;
  for (std::size_t i = 0; i < goroutines.size(); ++i) {
    const RawGoroutine& raw = goroutines[i];
    csp::seam::GoroutineSnapshot shot;
    shot.id = raw.id;
    shot.creator = raw.creator;
    shot.name = raw.name;
    shot.status = texts_.emplace_back(raw.status).c_str();
    shot.waiting = raw.waiting;
    shot.foreign = raw.foreign;
    shot.created_at = raw.created_at == 0 ? 0 : raw.created_at - 1;
    if (raw.waiting && now_ns > raw.since_ns) {
      shot.waiting_ns = now_ns - raw.since_ns;
    }
    shot.waits = waits_of(raw);
    const auto [stack, made] =
        kept.try_emplace(std::move(pcs[i]), world.stacks.size());
    if (made) {
      world.stacks.push_back(
          std::make_unique<std::vector<std::uintptr_t>>(stack->first));
    }
    shot.pcs = *world.stacks[stack->second];
    for (const Wait& wait : shot.waits) {
      world.objects.push_back({.id = wait.object, .kind = kind_of(raw.status)});
    }
    world.goroutines.push_back(std::move(shot));
    if (raw.suspended) {
      stacks_.emplace_back(raw.suspended->values[Registers::kRsp],
                           raw.stack_high);
    }
  }
  std::sort(stacks_.begin(), stacks_.end());
  std::sort(world.objects.begin(), world.objects.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  world.objects.erase(
      std::unique(world.objects.begin(), world.objects.end(),
                  [](const auto& a, const auto& b) { return a.id == b.id; }),
      world.objects.end());
  for (Object& object : world.objects) describe(object, goroutines);
  if (goroutines.size() > kReachedMax) return world;
  for (const RawGoroutine& raw : goroutines) {
    if (!raw.waiting || !raw.suspended) continue;
    const std::vector<bool> found = reached_from(
        raw.suspended->values[Registers::kRsp], raw.stack_high, world);
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (found[i]) world.objects[i].reached_from.push_back(raw.id);
    }
  }
  return world;
}

std::vector<bool> WorldReader::reached_from(std::uint64_t low,
                                            std::uint64_t high,
                                            const World& world) {
  std::vector<bool> found(world.objects.size(), false);
  seen_.clear();
  look(low, high, 0, world, found);
  return found;
}

// Words that could be pointers are followed, as the runtime does for a
// deadlock's report.
void WorldReader::look(std::uint64_t low, std::uint64_t high, int steps,
                       const World& world, std::vector<bool>& found) {
  low = (low + kWord - 1) / kWord * kWord;
  constexpr std::uint64_t kStackMax = 8 << 20;
  if (high <= low || high - low > kStackMax) return;
  std::vector<std::uint64_t> words((high - low) / kWord);
  if (!image_.read(low, std::as_writable_bytes(std::span(words)))) return;
  const auto scheduler = memory_.scheduler();
  for (const std::uint64_t word : words) {
    const auto after = std::upper_bound(
        world.objects.begin(), world.objects.end(), word,
        [](std::uint64_t at, const Object& each) { return at < each.id; });
    if (after != world.objects.begin() &&
        word < (after - 1)->id + size_of(*(after - 1))) {
      found[static_cast<std::size_t>(after - world.objects.begin()) - 1] = true;
      continue;
    }
    constexpr std::uint64_t kLowest = 0x10000;
    constexpr std::uint64_t kHighest = 0x7fff'ffff'ffff;
    if (steps == kStepsMax || word < kLowest || word > kHighest ||
        (word >= low && word < high) || seen_.size() >= kBlocksMax ||
        // The runtime's own tables lead everywhere.
        (word >= scheduler.first && word < scheduler.second)) {
      continue;
    }
    const auto place = std::lower_bound(seen_.begin(), seen_.end(), word);
    if (place != seen_.end() && *place == word) continue;
    seen_.insert(place, word);
    const auto stack = std::upper_bound(stacks_.begin(), stacks_.end(),
                                        std::pair(word, ~std::uint64_t{0}));
    if (stack != stacks_.begin() && word < (stack - 1)->second) {
      look(word, std::min(word + kVariable, (stack - 1)->second), steps + 1,
           world, found);
    } else if (!memory_.in_stack_slots(word)) {
      look(word, word + block_size(word), steps + 1, world, found);
    }
  }
}

// Of a block of glibc's malloc, whose size stands before it; else a guess.
std::uint64_t WorldReader::block_size(std::uint64_t address) {
  constexpr std::uint64_t kGuess = 64;
  constexpr std::uint64_t kFlags = 7;
  const auto size = image_.number<std::uint64_t>(address - kWord) & ~kFlags;
  if (address % 16 != 0 || size < 32 || size % 16 != 0) return kGuess;
  return std::min(size - kWord, kBlockMax);
}

// The program's, in pieces, without the runtime's own tables.
std::vector<std::pair<std::uint64_t, std::uint64_t>> WorldReader::variables() {
  constexpr std::uint64_t kPiece = 1 << 20;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> pieces;
  const auto [own, own_end] = memory_.scheduler();
  for (const auto& [low, high] : image_.variables()) {
    for (std::uint64_t at = low; at < high;) {
      if (at >= own && at < own_end) at = own_end;
      std::uint64_t end = std::min(at + kPiece, high);
      if (at < own && end > own) end = own;
      if (at < end) pieces.emplace_back(at, end);
      at = std::max(end, at + 1);
    }
  }
  return pieces;
}

std::vector<GoroutineId> WorldReader::stuck(
    const World& world, const std::vector<RawGoroutine>& goroutines) {
  // A thread that the runtime does not know may do anything; so may one that
  // it knows while it runs. The monitor is the runtime's own.
  if (goroutines.size() > kReachedMax ||
      image_.threads().size() > memory_.machines() + 1) {
    return {};
  }
  // What somebody who can run may use, now or after being woken.
  std::vector<bool> alive(world.objects.size(), false);
  const auto merge = [&](const std::vector<bool>& more) {
    for (std::size_t i = 0; i < more.size(); ++i) {
      if (more[i]) alive[i] = true;
    }
  };
  for (const auto& [low, high] : variables()) {
    merge(reached_from(low, high, world));
  }
  for (std::size_t i = 0; i < world.objects.size(); ++i) {
    if (world.objects[i].armed) alive[i] = true;
  }
  std::vector<bool> runs(goroutines.size(), false);
  for (bool again = true; again;) {
    again = false;
    for (std::size_t i = 0; i < goroutines.size(); ++i) {
      if (runs[i]) continue;
      const auto& waits = world.goroutines[i].waits;
      const bool can =
          !waits_for_others(goroutines[i]) ||
          (waits.empty() && goroutines[i].status == "select") ||
          std::any_of(waits.begin(), waits.end(), [&](const Wait& wait) {
            return can_come(wait, world, alive, runs);
          });
      if (!can) continue;
      runs[i] = again = true;
      const RawGoroutine& raw = goroutines[i];
      if (raw.suspended) {
        merge(reached_from(raw.suspended->values[Registers::kRsp],
                           raw.stack_high, world));
      } else {
        // Registers and a stack that is in use: it may have anything.
        alive.assign(alive.size(), true);
      }
    }
  }
  std::vector<GoroutineId> stuck;
  for (std::size_t i = 0; i < goroutines.size(); ++i) {
    if (!runs[i]) stuck.push_back(goroutines[i].id);
  }
  return stuck;
}

// Whether somebody who runs could end the wait.
bool WorldReader::can_come(const Wait& wait, const World& world,
                           const std::vector<bool>& alive,
                           const std::vector<bool>& runs) {
  const auto object = std::lower_bound(
      world.objects.begin(), world.objects.end(), wait.object,
      [](const Object& each, std::uint64_t id) { return each.id < id; });
  const auto index = static_cast<std::size_t>(object - world.objects.begin());
  if (object->holders.empty()) return alive[index];
  // A lock comes when its holder gives it up.
  for (const csp::seam::Holder& holder : object->holders) {
    for (std::size_t i = 0; i < world.goroutines.size(); ++i) {
      if (world.goroutines[i].id == holder.goroutine && runs[i]) return true;
    }
  }
  return false;
}

}  // namespace chansan
