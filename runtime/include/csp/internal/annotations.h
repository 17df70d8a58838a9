/// Attributes that tell tools what our names mean. Not promised to users.
#pragma once

/// A role tag, by which the lint knows what a function does to which object.
#if defined(__clang__)
#define CSP_ROLE(role) [[clang::annotate("csp.role=" role)]]
#define CSP_ATTRIBUTE(...) __attribute__((__VA_ARGS__))
#define CSP_NO_INSTRUMENTATION \
  __attribute__((disable_sanitizer_instrumentation))
#else
#define CSP_ROLE(role)
#define CSP_ATTRIBUTE(...)
#define CSP_NO_INSTRUMENTATION __attribute__((no_sanitize("thread")))
#endif

/// Of a function that may park: its caller's frame stays on the stack, so that
/// a traceback shows the line of the call. gcc has no such attribute.
#if defined(__clang__)
#define CSP_STAYS_IN_TRACEBACK __attribute__((not_tail_called))
#else
#define CSP_STAYS_IN_TRACEBACK
#endif

// Clang's thread-safety analysis: plain `clang -Wthread-safety` checks our
// users' locks too.
#define CSP_CAPABILITY(name) CSP_ATTRIBUTE(capability(name))
#define CSP_SCOPED_CAPABILITY CSP_ATTRIBUTE(scoped_lockable)
#define CSP_GUARDED_BY(lock) CSP_ATTRIBUTE(guarded_by(lock))
#define CSP_REQUIRES(...) CSP_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define CSP_ACQUIRE(...) CSP_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define CSP_ACQUIRE_SHARED(...) \
  CSP_ATTRIBUTE(acquire_shared_capability(__VA_ARGS__))
#define CSP_RELEASE(...) CSP_ATTRIBUTE(release_capability(__VA_ARGS__))
#define CSP_RELEASE_SHARED(...) \
  CSP_ATTRIBUTE(release_shared_capability(__VA_ARGS__))
#define CSP_TRY_ACQUIRE(...) CSP_ATTRIBUTE(try_acquire_capability(__VA_ARGS__))
#define CSP_TRY_ACQUIRE_SHARED(...) \
  CSP_ATTRIBUTE(try_acquire_shared_capability(__VA_ARGS__))
#define CSP_EXCLUDES(...) CSP_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define CSP_NO_THREAD_SAFETY_ANALYSIS CSP_ATTRIBUTE(no_thread_safety_analysis)
