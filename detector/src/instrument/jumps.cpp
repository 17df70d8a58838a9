// Long jumps: the functions that they leave do not say so.
#include <setjmp.h>

#include <cstdint>

#include "detector/src/instrument/live.h"
#include "detector/src/instrument/real.h"

namespace chansan::live {

namespace {

constinit Real<void(jmp_buf, int)> real_longjmp("longjmp");
constinit Real<void(jmp_buf, int)> real_underscore_longjmp("_longjmp");
constinit Real<void(jmp_buf, int)> real_siglongjmp("siglongjmp");

// Where the stack will be after the jump. glibc keeps the stack pointer in the
// seventh word of the buffer, rotated and mixed with a secret of the thread.
std::uintptr_t target_stack(const __jmp_buf_tag* buffer) {
  constexpr int kStackPointer = 6;
  constexpr int kRotation = 0x11;
  constexpr int kWordBits = 64;
  const auto mangled =
      static_cast<std::uintptr_t>(buffer->__jmpbuf[kStackPointer]);
  std::uintptr_t secret = 0;
  __asm__("movq %%fs:0x30, %0" : "=r"(secret));
  return (mangled >> kRotation | mangled << (kWordBits - kRotation)) ^ secret;
}

void unwind_to(const __jmp_buf_tag* buffer) {
  // The mark that func_entry left is two words below its caller's stack.
  constexpr std::uintptr_t kMarkBelow = 2 * sizeof(void*);
  if (Goroutine* goroutine = os_thread.goroutine) {
    goroutine->calls.unwind(target_stack(buffer) - kMarkBelow);
  }
}

}  // namespace
}  // namespace chansan::live

using namespace chansan::live;

extern "C" {

void longjmp(jmp_buf buffer, int value) noexcept {
  unwind_to(buffer);
  real_longjmp(buffer, value);
  __builtin_unreachable();
}
void _longjmp(jmp_buf buffer, int value) noexcept {
  unwind_to(buffer);
  real_underscore_longjmp(buffer, value);
  __builtin_unreachable();
}
void siglongjmp(sigjmp_buf buffer, int value) noexcept {
  unwind_to(buffer);
  real_siglongjmp(buffer, value);
  __builtin_unreachable();
}

}  // extern "C"
