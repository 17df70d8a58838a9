// What happened: one step of one goroutine, as a plain value.
//
// A live program, a recorded trace and a hand-written event script all speak
// in these. Events about one object arrive in the order in which they took
// effect on it; events of one goroutine arrive in its program order. An event
// about a parked goroutine may be told by the goroutine that completed its
// operation: then `goroutine` is the parked one.
#pragma once

#include <cstdint>

namespace csp::seam {

/// Changes whenever the meaning or layout of Event changes.
inline constexpr std::uint32_t kEventVersion = 3;

/// Goroutines count from 1, which is main. Foreign OS threads are seen as
/// goroutines pinned to them and take ids from the same sequence.
using GoroutineId = std::uint64_t;

/// The comment gives the members that mean something besides `goroutine`,
/// the goroutine that acts.
enum class EventKind : std::uint8_t {
  // Goroutines and threads.
  kGoCreate,  // other = the new goroutine; happens before its kGoStart;
              // goroutine 0: a timer's, which acquires from its timer next
  kGoStart,   // the first step of a goroutine
  kGoEnd,     // the last step; orders nothing by itself
  kJoin,      // other = a thread that has ended and whose end is now seen;
              // flag kDetached: nobody will see its end

  // Memory: object = first address, size = bytes, pc = the access.
  kRead,
  kWrite,
  kAlloc,  // a block begins its life; carries no history
  kFree,   // a write to the whole block, and the end of its life

  // C++20 atomics: object, size, order, and failure_order where it failed.
  kAtomicLoad,
  kAtomicStore,
  kAtomicRmw,     // also a compare-exchange that succeeded
  kAtomicFailed,  // a compare-exchange that failed: a load, failure_order
  kFence,         // order

  // Channels: object = the channel, index = the slot of its ring.
  kChanMake,        // size = capacity
  kChanSendBegin,   // a send, or a select's send case that ran, starts
  kChanSend,        // the value went into slot `index` (buffered); flags
                    // kOneSlot, kBegins, kTried: a case of a select, which has
                    // others
  kChanRecv,        // the value came out of slot `index` (buffered); flags
                    // kOneSlot, kTried
  kChanRendezvous,  // unbuffered: `goroutine` sent, `other` received; flag
                    // kBegins
  kChanClose,       // a close that succeeded
  kChanRecvClosed,  // a receive returned because of the close
  kChanTimerSend,   // a timer put its value into slot `index`: the slot takes
                    // the clock last released to the timer, object `value`;
                    // no goroutine acts
  kChanDestroy,     // the last handle is gone

  // Locks: object = the lock.
  kLock,      // mutex, or the writer side of a shared_mutex, acquired; flag
              // kTried: its goroutine would not have waited for ever
  kUnlock,    // about to be released
  kRLock,     // shared side acquired; flag kTried; flag kPassesWriters: a
              // waiting writer does not keep readers out
  kRUnlock,   // shared side about to be released
  kLockFree,  // the lock's life ends

  // wait_group: object. kWgAdd: value = delta, flag kFromZero if the counter
  // was zero; kWgWait: wait() returns, flag kFirstWaiter on kWgWaitBegin.
  kWgAdd,
  kWgWaitBegin,
  kWgWait,

  // once: object.
  kOnceDone,    // the function has completed
  kOnceReturn,  // a call returns

  // semaphore: object. Its permits are taken in the order in which they were
  // given, those of the start first.
  kPermitsGiven,  // value = how many
  kPermitsTaken,  // value = how many, size = how many there were before

  // condition_variable: object. They order nothing: its mutex does.
  kCondWait,    // wait() begins; the mutex is still held
  kCondNotify,  // value = how many goroutines it woke

  // Anything else with a clock of its own (timer, context, annotations, static
  // guards): object.
  kRelease,       // store: later acquires see this release only
  kReleaseMerge,  // later acquires see this release and those before
  kAcquire,
};

/// The C++ memory orders, numbered as the compilers' callbacks number them.
enum class MemoryOrder : std::uint8_t {
  kRelaxed,
  kConsume,
  kAcquire,
  kRelease,
  kAcqRel,
  kSeqCst,
};

/// Bits of Event::flags.
inline constexpr std::uint8_t kJoinable = 1;  // kGoCreate: a kJoin will follow
inline constexpr std::uint8_t kDetached = 1;  // kJoin
inline constexpr std::uint8_t kFromZero = 1;  // kWgAdd
inline constexpr std::uint8_t kFirstWaiter = 1;    // kWgWaitBegin
inline constexpr std::uint8_t kTried = 1;          // kLock, kRLock,
                                                   // kChanSend, kChanRecv
inline constexpr std::uint8_t kPassesWriters = 2;  // kRLock
inline constexpr std::uint8_t kOneSlot = 2;  // kChanSend, kChanRecv: capacity 1
inline constexpr std::uint8_t kBegins = 4;   // kChanSend, kChanRendezvous: the
                                             // kChanSendBegin too
inline constexpr std::uint8_t kOwnerCount = 1;  // kReleaseMerge: a handle
                                                // is given up, no more

struct Event {
  EventKind kind;
  MemoryOrder order = MemoryOrder::kRelaxed;
  MemoryOrder failure_order = MemoryOrder::kRelaxed;
  std::uint8_t flags = 0;
  std::uint32_t index = 0;
  GoroutineId goroutine = 0;
  GoroutineId other = 0;
  std::uint64_t object = 0;
  std::uint64_t size = 0;
  std::int64_t value = 0;
  std::uint64_t pc = 0;  // 0: not known
};
static_assert(sizeof(Event) == 56);

}  // namespace csp::seam
