// The event log: what each goroutine did and waited for, in a file that lives
// as long as it is needed, whatever becomes of the process.
//
// CHANSAN_OPTIONS=trace=FILE. The file is mapped, and each OS thread has a ring
// in it that only it writes: an event is a time stamp and four stores, without
// a lock and without a system call. The last events of each thread are kept,
// also if the process is killed. docs/formats/trace.md describes the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "runtime/event.h"
#include "runtime/src/memory_map.h"

namespace csp::internal {

struct Goroutine;

namespace trace {

inline constexpr std::uint32_t kVersion = 1;

enum class Kind : std::uint8_t {
  kNone,    // a record that was never written
  kRun,     // goroutine runs on this thread from now on
  kIdle,    // none runs here; the one that did has not ended
  kWait,    // goroutine is about to wait; detail = WaitReason, a = object
  kReady,   // goroutine makes b runnable; detail = why b waited, a = object
  kGo,      // goroutine starts b; a = pc of the go statement
  kEnd,     // goroutine has ended
  kName,    // of goroutine; detail = bytes in a and b; 0 begins a new name
  kSend,    // goroutine put a value into slot b of channel a
  kReceive  // goroutine took the value out of slot b of channel a
};

/// False when there is no log: the only cost then is to look.
extern bool enabled;
inline bool on() { return enabled; }

/// Where each part of the log is mapped: it names objects, and keeps none.
std::size_t part_count();
Range part(std::size_t index);

/// Opens the log if the option asks for it. Ends the process with status 2 if
/// the file cannot be made.
void start();
/// The process is about to end; the log stays whole without this call, but
/// its clock is known better with it.
void finish();

// Requires: on().
void run(const Goroutine* goroutine);  // null: none
void wait(const Goroutine* goroutine);
void ready(const Goroutine* woken);
void go(const Goroutine* started);
void end(const Goroutine* goroutine);
void name(const Goroutine* goroutine);
void sent(const Goroutine* goroutine, const void* channel, std::size_t slot);
void received(const Goroutine* goroutine, const void* channel,
              std::size_t slot);

}  // namespace trace
}  // namespace csp::internal
