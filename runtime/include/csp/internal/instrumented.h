/// Comes before everything else in a file that is compiled for detection
/// (`-include csp/internal/instrumented.h`): closes holes that the compilers'
/// instrumentation leaves because the C and C++ libraries are not instrumented.
///
/// Functions of the C library that read or write memory of the program's are
/// called under other names, which look at the memory and then call them. Only
/// instrumented files do so; the libraries' own calls stay as they are.
#pragma once

// NOLINTBEGIN: these are other people's names.

#if defined(__SANITIZE_THREAD__) && defined(CSP_RACE)

#ifdef __cplusplus
#define CSP_NOTHROW noexcept(true)
extern "C" {
#else
#define CSP_NOTHROW __attribute__((__nothrow__))
#endif

void* memcpy(void*, const void*, __SIZE_TYPE__) CSP_NOTHROW
    __asm__("__tsan_memcpy");
void* memmove(void*, const void*, __SIZE_TYPE__) CSP_NOTHROW
    __asm__("__tsan_memmove");
void* memset(void*, int, __SIZE_TYPE__) CSP_NOTHROW __asm__("__tsan_memset");

int memcmp(const void*, const void*, __SIZE_TYPE__) CSP_NOTHROW
    __asm__("__csp_memcmp");
__SIZE_TYPE__ strlen(const char*) CSP_NOTHROW __asm__("__csp_strlen");
int strcmp(const char*, const char*) CSP_NOTHROW __asm__("__csp_strcmp");
int strncmp(const char*, const char*, __SIZE_TYPE__) CSP_NOTHROW
    __asm__("__csp_strncmp");
char* strcpy(char*, const char*) CSP_NOTHROW __asm__("__csp_strcpy");
char* strncpy(char*, const char*, __SIZE_TYPE__) CSP_NOTHROW
    __asm__("__csp_strncpy");
char* strcat(char*, const char*) CSP_NOTHROW __asm__("__csp_strcat");
char* strdup(const char*) CSP_NOTHROW __asm__("__csp_strdup");

// POSIX has a structure and a function of one name.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
struct sigaction;
int sigaction(int, const struct sigaction*, struct sigaction*) CSP_NOTHROW
    __asm__("__csp_sigaction");
#pragma GCC diagnostic pop
void (*signal(int, void (*)(int)) CSP_NOTHROW)(int) __asm__("__csp_signal");

int puts(const char*) __asm__("__csp_puts");
int printf(const char*, ...) __asm__("__csp_printf");

#ifndef __clang__
/// g++ expands these in place after it has instrumented what is there.
void* __csp_memcpy(void*, const void*, __SIZE_TYPE__) CSP_NOTHROW
    __asm__("__tsan_memcpy");
void* __csp_memmove(void*, const void*, __SIZE_TYPE__) CSP_NOTHROW
    __asm__("__tsan_memmove");
void* __csp_memset(void*, int, __SIZE_TYPE__) CSP_NOTHROW
    __asm__("__tsan_memset");
int __csp_memcmp(const void*, const void*, __SIZE_TYPE__) CSP_NOTHROW
    __asm__("__csp_memcmp");
#define __builtin_memcpy __csp_memcpy
#define __builtin_memmove __csp_memmove
#define __builtin_memset __csp_memset
#define __builtin_memcmp __csp_memcmp
#endif

#ifdef __cplusplus
}
#endif
#undef CSP_NOTHROW

#if defined(__cplusplus) && __has_include(<bits/c++config.h>)
#include <bits/c++config.h>
#ifdef __GLIBCXX__
// A copy of a shared pointer counts up, which orders nothing by the standard's
// rules, and who gives up an owner that is not the last one is not ordered
// after the others; the library's counts ask for more than that, and would hide
// the races of those who only copy. Preferred to the library's own functions by
// their first argument.
#include <bits/atomic_word.h>
namespace __gnu_cxx {
inline __attribute__((__always_inline__)) void __atomic_add(_Atomic_word* __mem,
                                                            int __val) {
  __atomic_fetch_add(__mem, __val,
                     __val > 0 ? __ATOMIC_RELAXED : __ATOMIC_RELEASE);
}
inline __attribute__((__always_inline__)) _Atomic_word
__exchange_and_add(_Atomic_word* __mem, int __val) {
  const _Atomic_word __before = __atomic_fetch_add(
      __mem, __val, __val > 0 ? __ATOMIC_RELAXED : __ATOMIC_RELEASE);
  // The last one; what counts from zero ends one below.
  if (__before <= 1) (void)__atomic_load_n(__mem, __ATOMIC_ACQUIRE);
  return __before;
}
}  // namespace __gnu_cxx
#include <ext/atomicity.h>
// The inserter of strings reads the string, but comes from the library. That
// of streams' own state stays there: streams may be used concurrently.
#include <bits/ostream_insert.h>
#undef _GLIBCXX_EXTERN_TEMPLATE
#define _GLIBCXX_EXTERN_TEMPLATE 0
#include <string>
#undef _GLIBCXX_EXTERN_TEMPLATE
#define _GLIBCXX_EXTERN_TEMPLATE 1
#include <istream>
namespace std {
extern template basic_istream<char>& operator>>(basic_istream<char>&, string&);
extern template basic_istream<char>& getline(basic_istream<char>&, string&,
                                             char);
extern template basic_istream<char>& getline(basic_istream<char>&, string&);
}  // namespace std
// Who makes a weak pointer an owner is not ordered after others who counted.
// What the header itself includes comes first: it may mean these orders.
#if __cplusplus >= 201103L
#include <bits/allocated_ptr.h>
#include <bits/refwrap.h>
#include <bits/unique_ptr.h>
#include <ext/concurrence.h>
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wbuiltin-macro-redefined"
#pragma push_macro("__ATOMIC_ACQ_REL")
#undef __ATOMIC_ACQ_REL
#define __ATOMIC_ACQ_REL __ATOMIC_RELAXED
#include <bits/shared_ptr_base.h>
#pragma pop_macro("__ATOMIC_ACQ_REL")
#pragma GCC diagnostic pop
#endif
#if __cplusplus >= 202002L
// Who waits for an atomic, or wakes those who do, is ordered by what the
// program loads and stores, not by the library's count of who waits.
#include <bits/functional_hash.h>
#include <bits/std_mutex.h>
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wbuiltin-macro-redefined"
#pragma push_macro("__ATOMIC_SEQ_CST")
#pragma push_macro("__ATOMIC_ACQUIRE")
#pragma push_macro("__ATOMIC_RELEASE")
#undef __ATOMIC_SEQ_CST
#undef __ATOMIC_ACQUIRE
#undef __ATOMIC_RELEASE
#define __ATOMIC_SEQ_CST __ATOMIC_RELAXED
#define __ATOMIC_ACQUIRE __ATOMIC_RELAXED
#define __ATOMIC_RELEASE __ATOMIC_RELAXED
#include <bits/atomic_wait.h>
#pragma pop_macro("__ATOMIC_RELEASE")
#pragma pop_macro("__ATOMIC_ACQUIRE")
#pragma pop_macro("__ATOMIC_SEQ_CST")
#pragma GCC diagnostic pop
// std::atomic<std::shared_ptr> guards its pointer by a bit, which a load gives
// back relaxed: the load's read and the next store's write are not ordered,
// though the program did nothing wrong. Its members' plain accesses are their
// own affair; what orders the program's are the atomic operations on that bit.
// g++ cannot leave them out, so that there the bit is given back released.
// Here, not before the strings, which these headers would include first.
#include <bits/atomic_base.h>
#include <bits/shared_ptr.h>
#ifdef __clang__
#pragma clang attribute push(__attribute__((no_sanitize("thread"))), \
                             apply_to = function)
#include <bits/shared_ptr_atomic.h>
#pragma clang attribute pop
#else
#define unlock(order) unlock(CSP_UNLOCK_##order)
#define CSP_UNLOCK_memory_order memory_order
#define CSP_UNLOCK_memory_order_relaxed memory_order_release
#define CSP_UNLOCK___o2 memory_order_seq_cst
#define fetch_sub(count, order) fetch_sub(count, CSP_UNLOCK_##order)
#define CSP_UNLOCK___o __o
#include <bits/shared_ptr_atomic.h>
#undef fetch_sub
#undef CSP_UNLOCK___o
#undef unlock
#undef CSP_UNLOCK_memory_order
#undef CSP_UNLOCK_memory_order_relaxed
#undef CSP_UNLOCK___o2
#endif
#include <csp/internal/instrumented_meeting.h>
#include <csp/internal/instrumented_waiting.h>
#endif
#endif
#endif

#endif  // instrumented

// NOLINTEND
