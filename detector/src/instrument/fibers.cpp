// The stacks that a program switches between by itself: the functions of
// <sanitizer/tsan_interface.h> by which it tells of them. Each fiber is seen as
// a goroutine.
#include <cstdint>
#include <string>

#include "detector/src/instrument/live.h"
#include "detector/src/instrument/threads.h"

using namespace chansan::live;

namespace {

// Of <sanitizer/tsan_interface.h>: the switch orders nothing.
constexpr unsigned kNoSync = 1u << 0;

}  // namespace

#define CSP_RETURN_ADDRESS __builtin_return_address(0)

extern "C" {

void* __tsan_get_current_fiber() { return acting(); }

void* __tsan_create_fiber(unsigned) {
  Goroutine* creator = acting();
  if (creator == nullptr) return nullptr;
  const Inside inside;
  Event event{.kind = EventKind::kGoCreate};
  event.goroutine = creator->life->id;
  event.other = new_thread_id();
  event.pc = reinterpret_cast<std::uintptr_t>(CSP_RETURN_ADDRESS) - 1;
  consume(event);
  return &detector().goroutine(event.other);
}

void __tsan_destroy_fiber(void* fiber) {
  if (fiber == nullptr || acting() == nullptr) return;
  const GoroutineId id = static_cast<Goroutine*>(fiber)->life->id;
  // Its clock goes with it.
  on_sync(EventKind::kLockFree, fiber, CSP_RETURN_ADDRESS);
  const Inside inside;
  consume({.kind = EventKind::kGoEnd, .goroutine = id});
}

// Called just before the program switches.
void __tsan_switch_to_fiber(void* fiber, unsigned flags) {
  if (fiber == nullptr || acting() == nullptr) return;
  const bool orders = (flags & kNoSync) == 0;
  if (orders) on_sync(EventKind::kReleaseMerge, fiber, CSP_RETURN_ADDRESS);
  resume(static_cast<Goroutine*>(fiber));
  if (orders) on_sync(EventKind::kAcquire, fiber, CSP_RETURN_ADDRESS);
}

void __tsan_set_fiber_name(void* fiber, const char* name) {
  if (fiber == nullptr || name == nullptr || acting() == nullptr) return;
  const Inside inside;
  static_cast<Goroutine*>(fiber)->life->name.set(name);
}

}  // extern "C"
