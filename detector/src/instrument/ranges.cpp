// Functions that touch many bytes at once. The compilers call the first three
// in place of the C library's; they must be told apart from those, because
// code that is not instrumented calls the C library's own.
#include <cstddef>
#include <cstring>

#include "detector/src/instrument/live.h"

using chansan::live::Manner;
using chansan::live::on_range;

#define CSP_RETURN_ADDRESS __builtin_return_address(0)

extern "C" {

void* __tsan_memcpy(void* to, const void* from, std::size_t size) {
  on_range(from, size, Manner::kRead, CSP_RETURN_ADDRESS);
  on_range(to, size, Manner::kWrite, CSP_RETURN_ADDRESS);
  return std::memcpy(to, from, size);
}

void* __tsan_memmove(void* to, const void* from, std::size_t size) {
  on_range(from, size, Manner::kRead, CSP_RETURN_ADDRESS);
  on_range(to, size, Manner::kWrite, CSP_RETURN_ADDRESS);
  return std::memmove(to, from, size);
}

void* __tsan_memset(void* to, int value, std::size_t size) {
  on_range(to, size, Manner::kWrite, CSP_RETURN_ADDRESS);
  return std::memset(to, value, size);
}

}  // extern "C"
