#include "runtime/src/listener.h"

#include "csp/internal/fast_path.h"
#include "csp/race.h"
#include "runtime/src/check.h"
#include "runtime/src/scheduler.h"

namespace csp::seam {

// Constant-initialised, so that it may be set before any constructor runs.
static Hooks installed;
const Hooks* hooks = nullptr;

void install(const Hooks& sink) {
  CSP_CHECK(!hooks);
  installed = sink;
  hooks = &installed;
  internal::watched = true;
}

GoroutineId current_goroutine() {
  internal::Machine* machine = internal::this_machine();
  return machine && machine->current ? machine->current->id : 0;
}

GoroutineId next_goroutine_id() { return internal::scheduler().next_id(); }

StackOwner stack_owner(std::uintptr_t address) {
  const auto* goroutine = internal::scheduler().stacks().owner(
      reinterpret_cast<const void*>(address));
  if (!goroutine) return {};
  return {goroutine->id,
          reinterpret_cast<std::uintptr_t>(goroutine->stack_high)};
}

std::string goroutine_name(GoroutineId id) {
  for (const internal::Goroutine* goroutine :
       internal::scheduler().goroutines()) {
    if (goroutine->id == id && goroutine->name) return *goroutine->name;
  }
  return {};
}

}  // namespace csp::seam

namespace csp::internal {

constinit bool watched = false;

void tell(const seam::Event& event) { seam::hooks->event(event); }

void tell(seam::EventKind kind, const Goroutine* goroutine, const void* object,
          std::uint8_t flags) {
  seam::Event event{kind};
  event.flags = flags;
  event.goroutine = goroutine ? goroutine->id : 0;
  event.object = object_id(object);
  seam::hooks->event(event);
}

RuntimesOwn::RuntimesOwn() {
  if (listening()) [[unlikely]] {
    seam::hooks->resume(0, nullptr);
  }
}

RuntimesOwn::~RuntimesOwn() {
  if (!listening()) [[likely]] {
    return;
  }
  const Machine* machine = this_machine();
  if (machine->end_told) return;
  Goroutine* current = machine->current;
  if (current) seam::hooks->resume(current->id, &current->listener_state);
}

}  // namespace csp::internal

namespace csp::race {

void acquire(const void* object) {
  if (!internal::listening()) return;
  internal::tell(seam::EventKind::kAcquire, internal::this_goroutine(), object);
}

void release(void* object) {
  if (!internal::listening()) return;
  internal::tell(seam::EventKind::kReleaseMerge, internal::this_goroutine(),
                 object);
}

ignore_scope::ignore_scope() {
  if (internal::listening()) seam::hooks->ignore_begin();
}

ignore_scope::~ignore_scope() {
  if (internal::listening()) seam::hooks->ignore_end();
}

std::size_t reports() {
  return internal::listening() ? seam::hooks->reports() : 0;
}

}  // namespace csp::race
