// What becomes ready at the end of a thread: std::promise's
// set_value_at_thread_exit() and its kin.
//
// libstdc++ has the store that publishes the result compiled in itself, so that
// who waits for it would not be ordered after it. The same place is released
// here just before.
#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "detector/src/instrument/intercept.h"

extern "C" {
std::uint32_t __tsan_atomic32_fetch_or(volatile std::uint32_t*, std::uint32_t,
                                       int);
std::uint32_t __tsan_atomic32_load(const volatile std::uint32_t*, int);
}

using namespace chansan::live;

namespace {

// _State_baseV2, which a promise and its future share.
struct State {
  void* functions;
  void* result;
  std::uint32_t status;
};

// How many own it, as std::shared_ptr counts them.
struct Owners {
  void* functions;
  int shared;
  int weak;
};

// _Make_ready: called at the end of the thread.
struct Ending {
  Ending* next;
  void (*call)(void*);
  std::weak_ptr<State> state;

  Owners& owners() { return **(reinterpret_cast<Owners**>(&state) + 1); }
};

constinit Real<void(Ending*)> real_set(
    "_ZNSt13__future_base13_State_baseV211_Make_ready6_M_setEv");
constinit std::atomic<void (*)(void*)> make_ready{nullptr};

// Lowers a count of owners unless it is the last one, as the program's own
// instrumented code would be seen to. *Returns* false then: the caller's owner,
// ordered after the others, is still to be given up.
bool give_up(int& count) {
  auto* place = reinterpret_cast<std::uint32_t*>(&count);
  __tsan_atomic32_fetch_or(place, 0, __ATOMIC_RELEASE);
  const std::atomic_ref<int> owners(count);
  int seen = owners.load();
  while (seen > 1) {
    if (owners.compare_exchange_weak(seen, seen - 1)) return true;
  }
  __tsan_atomic32_load(place, __ATOMIC_ACQUIRE);
  return false;
}

// Owns something that is given up by the rules above.
template <typename Pointer>
union Kept {
  explicit Kept(Pointer given) : pointer(std::move(given)) {}
  ~Kept() {}
  void give_up_owner(int& count) {
    if (!give_up(count)) pointer.~Pointer();
  }
  Pointer pointer;
};

void release_and_make_ready(void* given) {
  auto& ending = *static_cast<Ending*>(given);
  Owners& owners = ending.owners();
  // So that the library's owners, whose end is not seen, are not the last.
  Kept<std::weak_ptr<State>> weak(ending.state);
  Kept<std::shared_ptr<State>> shared(ending.state.lock());
  if (shared.pointer != nullptr) {
    // Nothing is changed: a waiter's mark may be there.
    __tsan_atomic32_fetch_or(&shared.pointer->status, 0, __ATOMIC_RELEASE);
  }
  const bool alive = shared.pointer != nullptr;
  make_ready.load(std::memory_order_relaxed)(given);
  if (alive) shared.give_up_owner(owners.shared);
  weak.give_up_owner(owners.weak);
}

}  // namespace

CSP_INTERCEPT(void, _ZNSt13__future_base13_State_baseV211_Make_ready6_M_setEv,
              Ending* ending) {
  real_set(ending);
  make_ready.store(ending->call, std::memory_order_relaxed);
  ending->call = &release_and_make_ready;
}
