#include "runtime/src/inspector.h"

#include <algorithm>
#include <vector>

#include "csp/sync.h"
#include "runtime/hooks.h"
#include "runtime/src/chan_core.h"
#include "runtime/src/symbolize.h"

namespace csp::internal {

namespace {

template <class T>
const T& object_at(std::uint64_t id) {
  return *reinterpret_cast<const T*>(seam::address_of(id));
}

// A return address is the instruction after the call.
std::uintptr_t call_before(const void* pc) {
  const auto address = reinterpret_cast<std::uintptr_t>(pc);
  return address == 0 ? 0 : address - 1;
}

void add_holder(seam::ObjectSnapshot& object, const Taken& taken, bool shared) {
  const std::uint32_t holder = taken.goroutine.load();
  if (holder == 0) return;
  auto site = call_before(taken.site.load());
  const auto caller = call_before(taken.caller.load());
  if (caller != 0 && is_library(site)) site = caller;
  object.holders.push_back({holder, site, shared});
}

}  // namespace

seam::ObjectKind kind_of(WaitReason reason) {
  using seam::ObjectKind;
  switch (reason) {
    case WaitReason::kMutexLock:
      return ObjectKind::kMutex;
    case WaitReason::kRWMutexLock:
    case WaitReason::kRWMutexRLock:
      return ObjectKind::kSharedMutex;
    case WaitReason::kWaitGroupWait:
      return ObjectKind::kWaitGroup;
    case WaitReason::kCondWait:
      return ObjectKind::kCondition;
    case WaitReason::kOnce:
      return ObjectKind::kOnce;
    case WaitReason::kSemacquire:
      return ObjectKind::kSemaphore;
    default:
      return ObjectKind::kChannel;
  }
}

void Inspector::describe_channel(seam::ObjectSnapshot& object)
    CSP_NO_THREAD_SAFETY_ANALYSIS {
  const auto& core = object_at<ChanCore>(object.id);
  object.count = static_cast<std::int64_t>(core.count_.load());
  object.capacity = core.capacity_;
  object.handles = core.references_.load();
  object.is_timer = core.timer_ == IsTimer::kYes;
  object.sender = core.sender_.half_id();
  object.receiver = core.receiver_.half_id();
  object.made_at = reinterpret_cast<std::uintptr_t>(core.site_);
  if (object.made_at != 0) --object.made_at;
}

void Inspector::describe_lock(seam::ObjectSnapshot& object) {
  if (object.kind == seam::ObjectKind::kMutex) {
    add_holder(object, object_at<mutex>(object.id).taken_, false);
    return;
  }
  const auto& lock = object_at<shared_mutex>(object.id);
  object.count = lock.readers_;
  if (lock.writer_) add_holder(object, lock.taken_, false);
  for (const Taken& taken : lock.taken_shared_) add_holder(object, taken, true);
}

void Inspector::describe(seam::ObjectSnapshot& object) {
  constexpr int kCounterShift = 32;
  switch (object.kind) {
    case seam::ObjectKind::kChannel:
      return describe_channel(object);
    case seam::ObjectKind::kMutex:
    case seam::ObjectKind::kSharedMutex:
      return describe_lock(object);
    case seam::ObjectKind::kWaitGroup:
      object.count = static_cast<std::int32_t>(
          object_at<wait_group>(object.id).state_.load() >> kCounterShift);
      return;
    case seam::ObjectKind::kCondition:
      object.count = object_at<condition_variable>(object.id).unheard_;
      return;
    case seam::ObjectKind::kOnce:
      return add_holder(object, object_at<once>(object.id).taken_, false);
    case seam::ObjectKind::kSemaphore:
      object.count = object_at<semaphore>(object.id).available_;
      return;
  }
}

std::size_t size_of(const seam::ObjectSnapshot& object) {
  switch (object.kind) {
    case seam::ObjectKind::kChannel:
      return sizeof(ChanCore);
    case seam::ObjectKind::kMutex:
      return sizeof(mutex);
    case seam::ObjectKind::kSharedMutex:
      return sizeof(shared_mutex);
    case seam::ObjectKind::kWaitGroup:
      return sizeof(wait_group);
    case seam::ObjectKind::kCondition:
      return sizeof(condition_variable);
    case seam::ObjectKind::kOnce:
      return sizeof(once);
    case seam::ObjectKind::kSemaphore:
      return sizeof(semaphore);
  }
  return 0;
}

}  // namespace csp::internal
