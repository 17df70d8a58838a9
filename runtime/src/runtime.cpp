#include "csp/runtime.h"

#include <sched.h>

#include <ostream>
#include <string>
#include <utility>

#include "runtime/src/listener.h"
#include "runtime/src/options.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/trace.h"
#include "runtime/src/traceback.h"
#include "runtime/src/world.h"

namespace csp {

using internal::scheduler;

void yield() {
  if (internal::this_goroutine()->foreign) {
    sched_yield();
  } else {
    scheduler().yield();
  }
}

int gomaxprocs(int n) { return scheduler().set_processors(n); }

int num_cpu() { return internal::usable_cpus(); }

std::size_t num_goroutine() { return scheduler().alive(); }

std::uint64_t goroutine_id() { return internal::this_goroutine()->id; }

void set_goroutine_name(std::string name) {
  internal::Goroutine* self = internal::this_goroutine();
  auto* fresh = new std::string(std::move(name));
  delete std::exchange(self->name, fresh);
  if (internal::listening()) [[unlikely]] {
    seam::hooks->named(*fresh);
  }
  if (internal::trace::on()) [[unlikely]]
    internal::trace::name(self);
}

void dump_goroutines(std::ostream& out) {
  internal::WorldPause pause;
  const seam::World world = internal::take_world(internal::this_goroutine(),
                                                 internal::Detail::kStacks);
  out << internal::to_text(world.goroutines);
}

namespace internal {

bool enter_blocking() { return scheduler().enter_blocking(); }
void exit_blocking() noexcept { scheduler().exit_blocking(); }

}  // namespace internal
}  // namespace csp
