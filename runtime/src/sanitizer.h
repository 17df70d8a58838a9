// AddressSanitizer and LeakSanitizer in the user's program: told about our
// stacks if they are there. The symbols are weak, so one library serves
// programs with and without them.
//
// ThreadSanitizer, clang's own and not our detector behind its callbacks, is
// told only when the library itself is built with it, which the stress tests
// do: so the scheduler is checked by somebody else's detector.
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
[[gnu::weak]] void __asan_get_shadow_mapping(std::size_t* scale,
                                             std::size_t* offset);
[[gnu::weak]] void* __asan_addr_is_in_fake_stack(void* fake_stack,
                                                 void* address, void** low,
                                                 void** high);
[[gnu::weak]] void __lsan_register_root_region(const void* address,
                                               std::size_t size);
}

/// A function that looks at memory whoever it belongs to.
#define CSP_READS_ANYTHING __attribute__((no_sanitize("address")))

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CSP_UNDER_TSAN 1
extern "C" {
void* __tsan_get_current_fiber();
void* __tsan_create_fiber(unsigned flags);
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}
#endif
#endif

namespace csp::internal::sanitizer {

/// Whether the program runs under AddressSanitizer.
inline bool address() { return __asan_init != nullptr; }

#if defined(CSP_UNDER_TSAN)
inline void* tsan_this_fiber() { return __tsan_get_current_fiber(); }
/// A slot keeps its fiber for all the goroutines that use it.
inline void tsan_prepare(void*& fiber) {
  if (!fiber) fiber = __tsan_create_fiber(0);
}
/// csp_switch() ends with a store to on_cpu that ThreadSanitizer does not
/// see; whoever takes the context has loaded it. So it is with a machine that
/// leaves the runtime.
inline void tsan_taken(void* context) { __tsan_acquire(context); }
inline void tsan_left(void* machine) { __tsan_release(machine); }
inline void tsan_switch(void* from, void* fiber) {
  __tsan_release(from);
  // What runs on one OS thread is ordered, as the machine's members are.
  __tsan_switch_to_fiber(fiber, 0);
}
#else
inline void* tsan_this_fiber() { return nullptr; }
inline void tsan_prepare(void*&) {}
inline void tsan_taken(void*) {}
inline void tsan_left(void*) {}
inline void tsan_switch(void*, void*) {}
#endif

}  // namespace csp::internal::sanitizer
