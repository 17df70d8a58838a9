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

// The world stands still, but for the caller. Returns how many of `stuck`
// there are; those not reported before are reported.
std::size_t report(const std::vector<seam::GoroutineId>& stuck) {
  if (stuck.empty()) return 0;
  const Unobserved unobserved;
  const seam::World world = take_world(this_goroutine(), Detail::kObjects);
  seam::report({world, stuck});
  return stuck.size();
}

}  // namespace

bool leaks_wanted() {
  const std::string_view wanted = seam::option("leaks");
  return wanted == "1" || (wanted == "auto" && instrumented());
}

void report_leaks_at_exit(const void* frames) { report(prove_leaks(frames)); }

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

bool one_of(const std::vector<std::uint64_t>& ids, std::uint64_t id) {
  return std::binary_search(ids.begin(), ids.end(), id);
}

// A goroutine that is on its way to wait for ever is not stuck yet.
void let_others_settle(const std::vector<std::uint64_t>& before) {
  const internal::Goroutine* self = internal::this_goroutine();
  const std::int64_t until = internal::now_ns() + kPatienceNs;
  const auto on_the_way = [&](const internal::Goroutine* each) {
    return each != self && can_run(*each) && !one_of(before, each->id);
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
  std::erase_if(stuck, [&](std::uint64_t id) { return one_of(before_, id); });
  internal::report(stuck);
}

}  // namespace csp::leak
