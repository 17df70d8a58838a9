#include "runtime/src/world.h"

#include <algorithm>
#include <cstring>

#include "runtime/src/inspector.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/timer_heap.h"
#include "runtime/src/traceback.h"

namespace csp::internal {

namespace {

// Of so many goroutines it is looked for who could have woken whom; of more,
// of some that stand for the others at the same places.
constexpr std::size_t kReachedMax = 5000;
constexpr std::size_t kAlikeMax = 20;

bool is_suspended(const Goroutine& goroutine) {
  return goroutine.context.on_cpu.load() == 0 && !goroutine.foreign;
}

std::uint64_t id_of(const void* object) {
  return seam::object_name(reinterpret_cast<std::uintptr_t>(object));
}

std::vector<seam::Wait> waits_of(const Goroutine& goroutine,
                                 WaitReason reason) {
  if (const void* object = goroutine.waits_on.load()) {
    return {{id_of(object), reason == WaitReason::kChanSend}};
  }
  std::vector<seam::Wait> waits;
  if (reason != WaitReason::kSelect || !goroutine.cases) return waits;
  for (std::size_t i = 0; i < goroutine.case_count; ++i) {
    const CaseRecord& one = goroutine.cases[i];
    if (one.core)
      waits.push_back({id_of(one.core), one.kind == CaseKind::kSend});
  }
  return waits;
}

seam::GoroutineSnapshot describe(const Goroutine& goroutine,
                                 const Goroutine* current, std::int64_t now,
                                 StackTable& stacks) {
  seam::GoroutineSnapshot shot;
  shot.id = goroutine.id;
  shot.creator = goroutine.creator;
  shot.created_at = reinterpret_cast<std::uintptr_t>(goroutine.created_at);
  shot.foreign = goroutine.foreign;
  if (goroutine.name) shot.name = *goroutine.name;
  const Status status = goroutine.status.load();
  if (&goroutine == current) {
    shot.status = "running";
    shot.pcs = stacks.keep(backtrace_here());
  } else if (status == Status::kWaiting) {
    const WaitReason reason = goroutine.wait_reason.load();
    shot.status = to_text(reason);
    shot.waiting = true;
    shot.waits = waits_of(goroutine, reason);
    shot.waiting_ns =
        std::max<std::int64_t>(0, now - goroutine.waiting_since_ns.load());
    if (is_suspended(goroutine)) shot.pcs = stacks.of(goroutine);
  } else if (status == Status::kRunnable) {
    shot.status = "runnable";
    if (is_suspended(goroutine)) shot.pcs = stacks.of(goroutine);
  } else {
    shot.status = status == Status::kBlocking ? "syscall" : "running";
  }
  return shot;
}

void add_objects(seam::World& world, std::span<Goroutine* const> goroutines) {
  for (const Goroutine* goroutine : goroutines) {
    if (goroutine->status.load() != Status::kWaiting) continue;
    const WaitReason reason = goroutine->wait_reason.load();
    for (const seam::Wait& wait : waits_of(*goroutine, reason)) {
      seam::ObjectSnapshot object;
      object.id = wait.object;
      object.kind = kind_of(reason);
      world.objects.push_back(std::move(object));
    }
  }
  const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
  const auto same = [](const auto& a, const auto& b) { return a.id == b.id; };
  std::sort(world.objects.begin(), world.objects.end(), by_id);
  world.objects.erase(
      std::unique(world.objects.begin(), world.objects.end(), same),
      world.objects.end());
  for (seam::ObjectSnapshot& object : world.objects) {
    Inspector::describe(object);
  }
}

// Locks and channels remember half of an id.
void complete_ids(seam::World& world, std::span<Goroutine* const> goroutines) {
  std::unordered_map<std::uint32_t, seam::GoroutineId> whole;
  for (const Goroutine* goroutine : goroutines) {
    whole.emplace(static_cast<std::uint32_t>(goroutine->id), goroutine->id);
  }
  const auto complete = [&](seam::GoroutineId& id) {
    const auto found = whole.find(static_cast<std::uint32_t>(id));
    if (found != whole.end()) id = found->second;
  };
  for (seam::ObjectSnapshot& object : world.objects) {
    for (seam::Holder& holder : object.holders) complete(holder.goroutine);
    complete(object.sender);
    complete(object.receiver);
  }
}

void mark_timers(seam::World& world) {
  std::vector<std::uint64_t> armed;
  for (const ChanCore* channel : timers().channels()) {
    armed.push_back(id_of(channel));
  }
  std::sort(armed.begin(), armed.end());
  world.idle_timers = !armed.empty();
  for (seam::ObjectSnapshot& object : world.objects) {
    if (object.kind != seam::ObjectKind::kChannel) continue;
    object.armed = std::binary_search(armed.begin(), armed.end(), object.id);
  }
}

// `world` has their stacks; equal ones are the same.
std::vector<Goroutine*> some_of_each(std::span<Goroutine* const> goroutines,
                                     const seam::World& world) {
  std::unordered_map<seam::GoroutineId, const std::uintptr_t*> stacks;
  for (const seam::GoroutineSnapshot& shot : world.goroutines) {
    stacks.emplace(shot.id, shot.pcs.data());
  }
  std::unordered_map<const std::uintptr_t*, std::size_t> taken;
  std::vector<Goroutine*> some;
  for (Goroutine* goroutine : goroutines) {
    if (some.size() == kReachedMax) break;
    if (taken[stacks[goroutine->id]]++ < kAlikeMax) some.push_back(goroutine);
  }
  return some;
}

}  // namespace

bool StackTable::fits(const Shape& shape, const Goroutine& goroutine) {
  for (std::size_t i = 0; i < shape.places.size(); ++i) {
    std::uintptr_t word = 0;
    std::memcpy(&word, goroutine.stack_high - shape.places[i], sizeof word);
    if (word != shape.returns[i]) return false;
  }
  return true;
}

std::span<const std::uintptr_t> StackTable::keep(
    std::vector<std::uintptr_t> pcs) {
  kept_.push_back(
      std::make_unique<std::vector<std::uintptr_t>>(std::move(pcs)));
  return *kept_.back();
}

std::span<const std::uintptr_t> StackTable::of(const Goroutine& suspended) {
  const auto* sp = static_cast<const std::byte*>(suspended.context.sp);
  const std::byte* top = suspended.stack_high;
  const auto depth = static_cast<std::size_t>(top - sp);
  std::vector<Shape>& shapes = shapes_[depth];
  for (const Shape& shape : shapes) {
    if (fits(shape, suspended)) return shape.pcs;
  }
  Shape shape;
  shape.depth = depth;
  std::vector<std::size_t> places;
  std::vector<std::uintptr_t> pcs = backtrace_of(suspended, &places);
  bool whole = !pcs.empty();
  for (const std::size_t place : places) {
    if (place > depth && place < 2 * scheduler().stacks().stack_bytes()) {
      continue;  // frames of the unwinding itself
    }
    if (place < sizeof(std::uintptr_t) || place > depth) {
      whole = false;
      break;
    }
    std::uintptr_t word = 0;
    std::memcpy(&word, top - place, sizeof word);
    shape.places.push_back(place);
    shape.returns.push_back(word);
  }
  const auto kept = keep(std::move(pcs));
  shape.pcs = kept;
  if (whole && !shape.places.empty()) shapes.push_back(std::move(shape));
  return kept;
}

seam::World take_world(const Goroutine* current, Detail detail) {
  const std::int64_t now = coarse_now_ns();
  seam::World world;
  StackTable stacks;
  const std::vector<Goroutine*> goroutines = scheduler().goroutines();
  world.goroutines.reserve(goroutines.size() + 1);
  if (current) {
    world.goroutines.push_back(describe(*current, current, now, stacks));
  }
  for (const Goroutine* goroutine : goroutines) {
    if (goroutine == current) continue;
    world.goroutines.push_back(describe(*goroutine, current, now, stacks));
  }
  world.stacks = stacks.take();
  if (detail == Detail::kStacks) return world;
  add_objects(world, goroutines);
  complete_ids(world, goroutines);
  if (goroutines.size() <= kReachedMax) {
    find_who_reaches(world, goroutines);
  } else {
    find_who_reaches(world, some_of_each(goroutines, world));
  }
  mark_timers(world);
  return world;
}

}  // namespace csp::internal
