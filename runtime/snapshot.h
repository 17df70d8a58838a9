// The goroutines of a stopped program and what they wait on, as plain values.
//
// The runtime fills it in and judges nothing: addresses and program counters
// are left as they are, for whoever tells the story.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/event.h"

namespace csp::seam {

/// The object at `address` as ObjectSnapshot::id and Wait::object name it: so
/// that a snapshot, whose memory is used again some time, does not look like a
/// pointer to the object. Its own inverse.
constexpr std::uint64_t object_name(std::uint64_t address) { return ~address; }
constexpr std::uint64_t address_of(std::uint64_t object) { return ~object; }

/// What a goroutine can wait on.
enum class ObjectKind : std::uint8_t {
  kChannel,
  kMutex,
  kSharedMutex,
  kWaitGroup,
  kCondition,
  kOnce,
  kSemaphore,
};

/// A goroutine that has a lock, or runs the function of a once.
struct Holder {
  GoroutineId goroutine = 0;
  std::uintptr_t site = 0;  // pc of the acquisition; 0: not known
  bool shared = false;      // the reader's side of a shared_mutex
};

/// A goroutine that waits itself, and from whose stack an object can be
/// reached.
struct Reacher {
  GoroutineId goroutine = 0;
  std::uint8_t steps = 0;  // pointers followed in a row, at least
};

/// An object that somebody waits on.
struct ObjectSnapshot {
  std::uint64_t id = 0;  // object_name() of its address
  ObjectKind kind = ObjectKind::kChannel;
  std::uintptr_t made_at = 0;  // pc; 0: not known
  /// Channel: elements buffered; wait_group: its counter; semaphore: what is
  /// left; shared_mutex: readers that have it; condition_variable: notifies
  /// that found nobody.
  std::int64_t count = 0;
  std::uint64_t capacity = 0;  // channel
  std::uint32_t handles = 0;   // channel: how many there are
  /// Channel: the only one that was seen to send or receive while the other
  /// side waited; zero: nobody, or several.
  GoroutineId sender = 0;
  GoroutineId receiver = 0;
  bool is_timer = false;  // channel of a timer or ticker
  bool armed = false;     // ... which is going to fire
  std::vector<Holder> holders;
  std::vector<Reacher> reached_from;
};

struct Wait {
  std::uint64_t object = 0;
  bool send = false;  // on a channel
};

/// One goroutine, or many that are alike and are not told apart.
struct GoroutineSnapshot {
  GoroutineId id = 0;
  GoroutineId creator = 0;  // 0: none (main)
  std::uint64_t count = 1;
  std::string name;         // empty: none was given
  const char* status = "";  // "running", "runnable" or Go's wait reason
  bool waiting = false;     // parked
  bool foreign = false;     // an OS thread that is not the runtime's
  std::span<const std::uintptr_t> pcs;  // innermost first; return address - 1
  std::uintptr_t created_at = 0;        // pc of the go statement; 0: not known
  std::int64_t waiting_ns = 0;          // how long it has been waiting
  std::vector<Wait> waits;              // several: a select
};

struct World {
  std::vector<GoroutineSnapshot> goroutines;  // the culprit or main first
  std::vector<ObjectSnapshot> objects;        // by rising id
  /// By rising id: alive, perhaps without being among `goroutines`.
  std::vector<GoroutineId> others;
  bool idle_timers = false;  // some tick, but nobody waits for them
  /// The stacks that the snapshots show; equal ones are kept once.
  std::vector<std::unique_ptr<std::vector<std::uintptr_t>>> stacks;
};

}  // namespace csp::seam
