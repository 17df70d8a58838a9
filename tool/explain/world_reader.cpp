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

void mark(std::uint8_t& steps, std::uint8_t now) {
  steps = std::min(steps, now);
}

// A sleeper and one that waits for a descriptor are woken from outside.
bool waits_for_others(const RawGoroutine& goroutine) {
  return goroutine.waiting && goroutine.status != "sleep" &&
         goroutine.status != "IO wait";
}

}  // namespace

const WorldReader::Limits WorldReader::kToExplain = {.steps = 3,
                                                     .block_bytes = 4096,
                                                     .guess_bytes = 64,
                                                     .variable_bytes = 256,
                                                     .blocks = 20'000};
// What is not found there is said to be stuck, and to be likely so.
const WorldReader::Limits WorldReader::kToJudge = {.steps = 4,
                                                   .block_bytes = 4096,
                                                   .guess_bytes = 64,
                                                   .variable_bytes = 64,
                                                   .blocks = 20'000};

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

// Locks and channels remember half of an id; all ones are several.
GoroutineId WorldReader::whole_id(std::uint64_t half) const {
  if (half == ~std::uint32_t{0}) return 0;
  const auto large = large_ids_.find(half);
  return large == large_ids_.end() ? half : large->second;
}

void WorldReader::add_holder(Object& object, std::uint64_t taken, bool shared) {
  const auto half = memory_.member(taken, "taken.goroutine", 4);
  if (!half || *half == 0) return;
  std::uint64_t site = memory_.member(taken, "taken.site", 8).value_or(0);
  // A return address is the instruction after the call.
  if (site != 0) --site;
  object.holders.push_back({whole_id(*half), site, shared});
}

void WorldReader::describe(Object& object) {
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
      object.sender = whole_id(number("chan.sender", 4));
      object.receiver = whole_id(number("chan.receiver", 4));
      object.made_at = number("chan.made_at", 8);
      if (object.made_at != 0) --object.made_at;
      return;
    case ObjectKind::kMutex:
      return add_holder(object, offset("mutex.taken"), false);
    case ObjectKind::kSharedMutex: {
      object.count =
          static_cast<std::int64_t>(number("shared_mutex.readers", 4));
      if (number("shared_mutex.writer", 1) != 0) {
        add_holder(object, offset("shared_mutex.taken"), false);
      }
      const auto kept = memory_.field("shared_mutex.readers_kept").value_or(0);
      const auto size = memory_.field("taken.size").value_or(0);
      for (std::int64_t i = 0; i < kept; ++i) {
        add_holder(object,
                   offset("shared_mutex.taken_shared") +
                       static_cast<std::uint64_t>(i * size),
                   true);
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
      return add_holder(object, offset("once.taken"), false);
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
                        std::vector<StackView> stacks, std::int64_t now_ns) {
  World world;
  // Equal stacks are kept once: by that the rules know them for equal.
  std::map<std::vector<std::uintptr_t>, std::size_t> kept;
  for (std::size_t i = 0; i < goroutines.size(); ++i) {
    const RawGoroutine& raw = goroutines[i];
    const auto half = static_cast<std::uint32_t>(raw.id);
    if (half != raw.id) large_ids_.emplace(half, raw.id);
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
        kept.try_emplace(std::move(stacks[i].pcs), world.stacks.size());
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
  for (Object& object : world.objects) describe(object);
  if (goroutines.size() > kReachedMax) return world;
  for (std::size_t i = 0; i < goroutines.size(); ++i) {
    const RawGoroutine& raw = goroutines[i];
    if (!raw.waiting || !raw.suspended) continue;
    const bool known = stacks[i].user.values[Registers::kRsp] != 0;
    const Registers& from = known ? stacks[i].user : *raw.suspended;
    const Steps found = reached_from(from, from.values[Registers::kRsp],
                                     raw.stack_high, kToExplain, world);
    for (std::size_t object = 0; object < found.size(); ++object) {
      if (found[object] == kNotReached) continue;
      world.objects[object].reached_from.push_back({raw.id, found[object]});
    }
  }
  return world;
}

WorldReader::Steps WorldReader::reached_from(const Registers& registers,
                                             std::uint64_t low,
                                             std::uint64_t high,
                                             const Limits& limits,
                                             const World& world) {
  Steps found(world.objects.size(), kNotReached);
  seen_.clear();
  open_.clear();
  for (const std::uint64_t word : registers.values) {
    follow(word, 0, limits, world, found);
  }
  // The shortest way first.
  open_.push_front({low, high, 0});
  while (!open_.empty()) {
    const Open next = open_.front();
    open_.pop_front();
    look(next, limits, world, found);
  }
  return found;
}

// Words that could be pointers are followed, as the runtime does for a
// deadlock's report.
void WorldReader::look(const Open& memory, const Limits& limits,
                       const World& world, Steps& found) {
  constexpr std::uint64_t kAtOnce = 1 << 20;
  constexpr std::uint64_t kPage = 4096;
  std::uint64_t low = (memory.low + kWord - 1) / kWord * kWord;
  // Locks and their kin lie inside of other things, a channel never does.
  auto inside = std::lower_bound(
      world.objects.begin(), world.objects.end(), low,
      [](const Object& each, std::uint64_t at) { return each.id < at; });
  for (; inside != world.objects.end() && inside->id < memory.high; ++inside) {
    if (inside->kind == ObjectKind::kChannel) continue;
    mark(found[static_cast<std::size_t>(inside - world.objects.begin())],
         memory.steps);
  }
  while (low + kWord <= memory.high) {
    std::uint64_t high = std::min(memory.high, low + kAtOnce);
    std::vector<std::uint64_t> words((high - low) / kWord);
    if (!image_.read(low, std::as_writable_bytes(std::span(words)))) {
      // What was guessed may reach beyond what there is.
      high = std::min(memory.high, (low | (kPage - 1)) + 1);
      words.resize((high - low) / kWord);
      if (!image_.read(low, std::as_writable_bytes(std::span(words)))) return;
    }
    for (const std::uint64_t word : words) {
      follow(word, memory.steps, limits, world, found);
    }
    low += words.size() * kWord;
  }
}

void WorldReader::follow(std::uint64_t word, std::uint8_t steps,
                         const Limits& limits, const World& world,
                         Steps& found) {
  constexpr std::uint64_t kLowest = 0x10000;
  constexpr std::uint64_t kHighest = 0x7fff'ffff'ffff;
  if (word < kLowest || word > kHighest) return;
  const auto after = std::upper_bound(
      world.objects.begin(), world.objects.end(), word,
      [](std::uint64_t at, const Object& each) { return at < each.id; });
  if (after != world.objects.begin() &&
      word < (after - 1)->id + size_of(*(after - 1))) {
    mark(found[static_cast<std::size_t>(after - world.objects.begin()) - 1],
         steps);
    // A lock may be the first of many members.
    if ((after - 1)->kind == ObjectKind::kChannel) return;
  }
  // The runtime's own tables lead everywhere.
  const auto scheduler = memory_.scheduler();
  if (steps == limits.steps ||
      (word >= scheduler.first && word < scheduler.second)) {
    return;
  }
  if (seen_.size() >= limits.blocks || !seen_.insert(word).second) return;
  const auto next = static_cast<std::uint8_t>(steps + 1);
  const auto stack = std::upper_bound(stacks_.begin(), stacks_.end(),
                                      std::pair(word, ~std::uint64_t{0}));
  if (stack != stacks_.begin() && word < (stack - 1)->second) {
    open_.push_back(
        {word, std::min(word + limits.variable_bytes, (stack - 1)->second),
         next});
  } else if (!memory_.in_stack_slots(word)) {
    open_.push_back({word, word + block_size(word, limits), next});
  }
}

// Of a block of glibc's malloc, whose size stands before it; else a guess.
std::uint64_t WorldReader::block_size(std::uint64_t address,
                                      const Limits& limits) {
  constexpr std::uint64_t kFlags = 7;
  const auto size = image_.number<std::uint64_t>(address - kWord) & ~kFlags;
  if (address % 16 != 0 || size < 32 || size % 16 != 0) {
    return limits.guess_bytes;
  }
  return std::min(size - kWord, limits.block_bytes);
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
  const auto merge = [&](const Steps& more) {
    for (std::size_t i = 0; i < more.size(); ++i) {
      if (more[i] != kNotReached) alive[i] = true;
    }
  };
  for (const auto& [low, high] : variables()) {
    merge(reached_from({}, low, high, kToJudge, world));
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
        merge(reached_from(*raw.suspended,
                           raw.suspended->values[Registers::kRsp],
                           raw.stack_high, kToJudge, world));
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
