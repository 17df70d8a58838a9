// Exceptions that goroutines share: the counts of their owners lie in the C++
// library, but whoever gives up the last one destroys what others have read.
#include <cxxabi.h>
#include <unwind.h>

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

// The count is both released and acquired by each who lowers it.
void lowers_count(const void* object, void* pc) {
  on_sync(EventKind::kReleaseMerge, object, pc);
  on_sync(EventKind::kAcquire, object, pc);
}

}  // namespace

CSP_INTERCEPT(void, _ZNSt15__exception_ptr13exception_ptr10_M_releaseEv,
              void** pointer) {
  if (*pointer != nullptr) lowers_count(*pointer, CSP_RETURN_ADDRESS);
  real_release(pointer);
}

CSP_INTERCEPT(void, __cxa_end_catch) {
  constexpr _Unwind_Exception_Class kLanguageBits =
      ~_Unwind_Exception_Class{0xff};
  constexpr _Unwind_Exception_Class kGnuCxx = 0x474e5543432b2b00;  // "GNUCC++"
  const auto* globals =
      reinterpret_cast<const Globals*>(__cxxabiv1::__cxa_get_globals());
  Caught* caught = globals->caught;
  if (caught != nullptr &&
      (caught->header.exception_class & kLanguageBits) == kGnuCxx) {
    lowers_count(caught->object(), CSP_RETURN_ADDRESS);
  }
  real_end_catch();
}
