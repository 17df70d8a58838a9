// Exceptions that goroutines share: the counts of their owners lie in the C++
// library, but whoever gives up the last one destroys what others have read.
// Whoever gives up another one is ordered after nobody.
#include <cxxabi.h>
#include <unwind.h>

#include <atomic>
#include <cstddef>

#include "detector/src/instrument/intercept.h"

using namespace chansan::live;

namespace {

constinit Real<void(void*)> real_release(
    "_ZNSt15__exception_ptr13exception_ptr10_M_releaseEv");
constinit Real<void()> real_end_catch("__cxa_end_catch");

// What the library keeps of an exception that is being handled, as the Itanium
// C++ ABI and GCC's libsupc++ lay it out; the thrown object follows it. One
// that was rethrown from an exception_ptr begins with the object's address.
struct Caught {
  void* primary;
  void* handlers[3];
  Caught* next;
  int counts[2];
  void* tables[3];
  void* adjusted;
  _Unwind_Exception header;

  void* object() {
    constexpr std::uint64_t kKindBits = 0xff;
    const bool rethrown = (header.exception_class & kKindBits) != 0;
    return rethrown ? primary : this + 1;
  }
};
static_assert(sizeof(Caught) == 112);

struct Globals {
  Caught* caught;
};

// The count of owners stands before all of it.
struct Owned {
  int owners;
  Caught caught __attribute__((aligned(16)));
};
static_assert(sizeof(Owned) == 128);

std::atomic_ref<int> owners_of(void* object) {
  return std::atomic_ref<int>((static_cast<Owned*>(object) - 1)->owners);
}

// Lowers the count unless it is the last one. *Returns* false then: who calls
// is ordered after all who gave it up before, and destroys it.
bool give_up(void* object, void* pc) {
  on_sync(EventKind::kReleaseMerge, object, pc);
  const std::atomic_ref<int> owners = owners_of(object);
  int count = owners.load();
  while (count > 1) {
    if (owners.compare_exchange_weak(count, count - 1)) return true;
  }
  on_sync(EventKind::kAcquire, object, pc);
  return false;
}

}  // namespace

CSP_INTERCEPT(void, _ZNSt15__exception_ptr13exception_ptr10_M_releaseEv,
              void** pointer) {
  if (*pointer != nullptr && give_up(*pointer, CSP_RETURN_ADDRESS)) {
    *pointer = nullptr;
    return;
  }
  real_release(pointer);
}

CSP_INTERCEPT(void, __cxa_end_catch) {
  constexpr _Unwind_Exception_Class kLanguageBits =
      ~_Unwind_Exception_Class{0xff};
  constexpr _Unwind_Exception_Class kGnuCxx = 0x474e5543432b2b00;  // "GNUCC++"
  const auto* globals =
      reinterpret_cast<const Globals*>(__cxxabiv1::__cxa_get_globals());
  Caught* caught = globals->caught;
  if (caught == nullptr ||
      (caught->header.exception_class & kLanguageBits) != kGnuCxx) {
    return real_end_catch();
  }
  // Ours is the last one while the library gives up its own.
  void* object = caught->object();
  ++owners_of(object);
  real_end_catch();
  if (!give_up(object, CSP_RETURN_ADDRESS)) real_release(&object);
}
