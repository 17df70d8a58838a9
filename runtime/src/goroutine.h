// One goroutine: what is kept while it does not run.
//
// It lies at the top of its own stack slot, so that a small goroutine costs
// one page in all.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "runtime/event.h"

namespace csp::internal {

struct CaseRecord;

/// A suspended flow of control; layout known to context_x86_64.S.
struct Context {
  void* sp = nullptr;
  /// 1 while an OS thread is on its stack. Whoever takes it from a queue may
  /// resume it only at 0, since it may still be on its way to sleep.
  std::atomic<std::uint32_t> on_cpu{0};
};
static_assert(offsetof(Context, on_cpu) == 8);

/// What __cxa_get_globals() points to: the C++ ABI keeps it per OS thread,
/// and a goroutine that parks in a catch block takes it along.
struct ExceptionGlobals {
  void* caught = nullptr;
  std::uint32_t uncaught = 0;
};

/// Why a goroutine waits; the texts are Go's.
enum class WaitReason : std::uint8_t {
  kNone,
  kChanSend,
  kChanRecv,
  kChanSendNil,
  kChanRecvNil,
  kSelect,
  kSelectNoCases,
  kMutexLock,
  kRWMutexRLock,
  kRWMutexLock,
  kWaitGroupWait,
  kCondWait,
  kOnce,
  kSemacquire,
  kSleep,
  kIoWait,
};
const char* to_text(WaitReason reason);

enum class Status : std::uint8_t {
  kDead,      // the slot is free
  kFresh,     // taken, not started
  kRunnable,  // in a queue
  kRunning,   // on an OS thread
  kWaiting,   // parked; wait_reason says why
  kBlocking,  // in csp::blocking, or a system call that takes long
};

struct Goroutine {
  Context context;
  Goroutine* next = nullptr;  // in a queue
  seam::GoroutineId id = 0;
  seam::GoroutineId creator = 0;
  void* created_at = nullptr;  // pc of the go statement
  std::atomic<Status> status{Status::kDead};
  std::atomic<WaitReason> wait_reason{WaitReason::kNone};
  bool foreign = false;                // an OS thread that is not ours
  std::atomic<std::uint32_t> wake{0};  // foreign: the futex it parks on
  std::atomic<const void*> waits_on{nullptr};
  const CaseRecord* cases = nullptr;  // of the select that it is parked in
  std::size_t case_count = 0;
  std::atomic<std::int64_t> waiting_since_ns{0};  // coarse monotonic clock
  std::int64_t shrunk_since_ns = 0;  // the wait in which IdleStacks came by
  ExceptionGlobals exceptions;
  void* listener_state = nullptr;  // of the hooks
  void* asan_fake_stack = nullptr;
  void* tsan_fiber = nullptr;
  std::byte* stack_low = nullptr;   // lowest usable address
  std::byte* stack_high = nullptr;  // one past the highest
  void (*run)(void*) = nullptr;
  void* task = nullptr;
  std::string* name = nullptr;  // owned; null: none
};

}  // namespace csp::internal

extern "C" {
/// Stores `value` to `inside` when it has left the stack of `from`.
void csp_switch(csp::internal::Context* from, csp::internal::Context* to,
                std::atomic<bool>* inside, bool value);
void csp_call_on(void* suspended, void (*function)(void*), void* argument);
void csp_entry();
}
