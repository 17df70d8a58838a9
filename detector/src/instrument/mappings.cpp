// Mappings: where one begins or ends, what was there before is forgotten.
#include <sys/mman.h>
#include <sys/types.h>

#include <cstdarg>
#include <cstddef>
#include <cstdint>

#include "detector/src/instrument/intercept.h"

using namespace chansan::live;

namespace {

constinit Real<void*(void*, std::size_t, int, int, int, off_t)> real_mmap(
    "mmap");
constinit Real<int(void*, std::size_t)> real_munmap("munmap");
constinit Real<void*(void*, std::size_t, std::size_t, int, void*)> real_mremap(
    "mremap");

void begins_anew(const void* place, std::size_t size) {
  // The detector's own mappings are not the program's, nor the runtime's.
  if (place == MAP_FAILED || acting() == nullptr) return;
  const Inside inside;
  forget(reinterpret_cast<std::uintptr_t>(place), size);
}

}  // namespace

CSP_INTERCEPT(void*, mmap, void* wanted, std::size_t size, int protection,
              int flags, int descriptor, off_t offset) {
  void* place = real_mmap(wanted, size, protection, flags, descriptor, offset);
  begins_anew(place, size);
  return place;
}
CSP_INTERCEPT(void*, mmap64, void* wanted, std::size_t size, int protection,
              int flags, int descriptor, off_t offset) {
  void* place = real_mmap(wanted, size, protection, flags, descriptor, offset);
  begins_anew(place, size);
  return place;
}

// Told before it is so: afterwards the place may be another goroutine's.
CSP_INTERCEPT(int, munmap, void* place, std::size_t size) {
  begins_anew(place, size);
  return real_munmap(place, size);
}

CSP_INTERCEPT(void*, mremap, void* place, std::size_t size,
              std::size_t new_size, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  void* wanted =
      (flags & MREMAP_FIXED) != 0 ? va_arg(arguments, void*) : nullptr;
  va_end(arguments);
  begins_anew(place, size);
  void* moved = real_mremap(place, size, new_size, flags, wanted);
  begins_anew(moved, new_size);
  return moved;
}
