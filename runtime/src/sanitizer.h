// AddressSanitizer and LeakSanitizer in the user's program: told about our
// stacks if they are there. The symbols are weak, so one library serves
// programs with and without them.
#pragma once

#include <cstddef>

extern "C" {
[[gnu::weak]] void __asan_init();
[[gnu::weak]] void __sanitizer_start_switch_fiber(void** fake_stack_save,
                                                  const void* bottom,
                                                  std::size_t size);
[[gnu::weak]] void __sanitizer_finish_switch_fiber(void* fake_stack_save,
                                                   const void** bottom_old,
                                                   std::size_t* size_old);
[[gnu::weak]] void __asan_unpoison_memory_region(const volatile void* address,
                                                 std::size_t size);
[[gnu::weak]] void __lsan_register_root_region(const void* address,
                                               std::size_t size);
}

namespace csp::internal::sanitizer {

/// Whether the program runs under AddressSanitizer.
inline bool address() { return __asan_init != nullptr; }

}  // namespace csp::internal::sanitizer
