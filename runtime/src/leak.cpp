#include "runtime/src/leak.h"

#include <algorithm>
#include <string_view>

#include "csp/race.h"
#include "csp/runtime.h"
#include "runtime/hooks.h"
#include "runtime/src/leak_proof.h"
#include "runtime/src/listener.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/world.h"

namespace csp::internal {

namespace {

bool any_reported = false;

bool one_of(const std::vector<seam::GoroutineId>& ids, seam::GoroutineId id) {
  return std::binary_search(ids.begin(), ids.end(), id);
}

// The world stands still, but for the caller. Returns how many of `stuck`
// there are; those not reported before are reported.
std::size_t report(const std::vector<seam::GoroutineId>& stuck) {
  if (stuck.empty()) return 0;
  any_reported = true;
  const Unobserved unobserved;
  const seam::World world = take_world(this_goroutine(), Detail::kObjects);
  seam::report({world, stuck});
  return stuck.size();
}

bool waits_for_lock(const Goroutine* goroutine) {
  if (goroutine->status.load() != Status::kWaiting) return false;
  const WaitReason reason = goroutine->wait_reason.load();
  return reason == WaitReason::kMutexLock ||
         reason == WaitReason::kRWMutexRLock ||
         reason == WaitReason::kRWMutexLock || reason == WaitReason::kOnce;
}

const seam::ObjectSnapshot* lock_of(const seam::World& world,
                                    seam::GoroutineId id) {
  const auto one =
      std::ranges::find(world.goroutines, id, &seam::GoroutineSnapshot::id);
  if (one == world.goroutines.end() || one->waits.size() != 1) return nullptr;
  const auto object = std::ranges::lower_bound(
      world.objects, one->waits.front().object, {}, &seam::ObjectSnapshot::id);
  if (object == world.objects.end()) return nullptr;
  using Kind = seam::ObjectKind;
  const bool is_lock = object->kind == Kind::kMutex ||
                       object->kind == Kind::kSharedMutex ||
                       object->kind == Kind::kOnce;
  return is_lock ? &*object : nullptr;
}

// Leaves of `stuck` those that wait for a lock whose owners have ended or are
// among them: the lock is what keeps them, nothing else.
void keep_those_behind_locks(const seam::World& world,
                             std::vector<seam::GoroutineId>& stuck) {
  const auto alive = [&](seam::GoroutineId id) {
    return std::ranges::find(world.goroutines, id,
                             &seam::GoroutineSnapshot::id) !=
           world.goroutines.end();
  };
  const auto is_kept_otherwise = [&](seam::GoroutineId id) {
    const seam::ObjectSnapshot* lock = lock_of(world, id);
    return !lock || lock->holders.empty() ||
           std::ranges::any_of(lock->holders, [&](const seam::Holder& each) {
             return alive(each.goroutine) && !one_of(stuck, each.goroutine);
           });
  };
  for (bool changed = true; changed;) {
    std::vector<seam::GoroutineId> left;
    for (const seam::GoroutineId id : stuck) {
      if (!is_kept_otherwise(id)) left.push_back(id);
    }
    changed = left.size() != stuck.size();
    stuck.swap(left);
  }
}

}  // namespace

bool leaks_wanted() {
  const std::string_view wanted = seam::option("leaks");
  return wanted == "1" || (wanted == "auto" && instrumented());
}

bool leaks_unsaid() {
  return std::string_view(seam::option("leaks")) == "auto";
}

void report_leaks_at_exit(const void* frames) { report(prove_leaks(frames)); }

void warn_of_lost_locks_at_exit(const void* frames) {
  // Beyond so many it would take the end of the program too long.
  constexpr std::size_t kMost = 1000;
  const std::vector<Goroutine*> goroutines = scheduler().goroutines();
  const auto waiting = std::ranges::count_if(goroutines, waits_for_lock);
  if (waiting == 0 || goroutines.size() > kMost) return;
  std::vector<seam::GoroutineId> stuck = prove_leaks(frames);
  if (stuck.empty()) return;
  const Unobserved unobserved;
  const seam::World world = take_world(this_goroutine(), Detail::kObjects);
  keep_those_behind_locks(world, stuck);
  if (!stuck.empty()) seam::report({world, stuck});
}

bool leaks_reported() { return any_reported; }

}  // namespace csp::internal

namespace csp::leak {

namespace {

// How long a goroutine that can run is given to come to where it waits.
constexpr std::int64_t kPatienceNs = 100'000'000;

bool can_run(const internal::Goroutine& goroutine) {
  using internal::Status;
  const Status status = goroutine.status.load();
  return status == Status::kFresh || status == Status::kRunnable ||
         status == Status::kRunning;
}

// A goroutine that is on its way to wait for ever is not stuck yet.
void let_others_settle(const std::vector<std::uint64_t>& before) {
  const internal::Goroutine* self = internal::this_goroutine();
  const std::int64_t until = internal::now_ns() + kPatienceNs;
  const auto on_the_way = [&](const internal::Goroutine* each) {
    return each != self && can_run(*each) &&
           !internal::one_of(before, each->id);
  };
  while (std::ranges::any_of(internal::scheduler().goroutines(), on_the_way) &&
         internal::now_ns() < until) {
    csp::yield();
  }
}

std::vector<std::uint64_t> ids_alive() {
  std::vector<std::uint64_t> ids;
  for (const internal::Goroutine* each : internal::scheduler().goroutines()) {
    ids.push_back(each->id);
  }
  return ids;
}

}  // namespace

std::size_t check() {
  const void* frames = CSP_LIVE_FRAMES();
  const internal::WorldPause pause;
  return internal::report(internal::prove_leaks(frames));
}

scope::scope() : before_(ids_alive()) {}

scope::~scope() {
  let_others_settle(before_);
  const void* frames = CSP_LIVE_FRAMES();
  const internal::WorldPause pause;
  auto stuck = internal::prove_leaks(frames);
  std::erase_if(
      stuck, [&](std::uint64_t id) { return internal::one_of(before_, id); });
  internal::report(stuck);
}

}  // namespace csp::leak
