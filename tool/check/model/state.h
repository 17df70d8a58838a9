// One state of a modelled program: every goroutine's place, all cells, all
// objects, and who is ordered after which access.
//
// Two states with the same behaviour ahead of them get the same key:
// canonical() drops what nothing refers to and numbers the rest in the order of
// discovery.
#pragma once

#include <bitset>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tool/check/model/outcome.h"
#include "tool/check/model/program.h"

namespace chansan::model {

enum class Kind : std::uint8_t {
  kUnknown,   // nothing is known
  kInt,       // number
  kSymbol,    // unknown scalar `index`, plus number
  kCompare,   // symbol `index` (Arith)detail number
  kPointer,   // cell `number` of segment `index`
  kFunction,  // function `index`
  kObject,    // object `index`: a channel, a thread, or the cell's own lock
  kNil,
};

struct Value {
  Kind kind = Kind::kUnknown;
  std::uint8_t detail = 0;
  std::uint32_t index = 0;
  std::int64_t number = 0;
  bool operator==(const Value&) const = default;
};

inline Value make_int(std::int64_t number) {
  return {Kind::kInt, 0, 0, number};
}

/// The accesses that are ordered before something. Bit i: accesses[i].
inline constexpr std::size_t kAccessesMax = 128;
using Seen = std::bitset<kAccessesMax>;

/// The last write of a cell, or a goroutine's last read of it since then. A
/// cell's history is all that a happens-before race detector needs, and with
/// "who has seen it" kept as sets a state stays finite in a polling loop.
/// (The idea of Goldilocks: Elmas, Qadeer, Tasiran, PLDI 2007.)
struct Access {
  bool used = false;
  bool write = false;
  bool atomic = false;
  std::uint32_t segment = 0;
  std::uint32_t offset = 0;
  std::uint32_t goroutine = 0;  // Goroutine::id
  SiteId site = kNoSite;
};

struct Segment {
  std::vector<Value> cells;
  FunctionId frame_of = kNoFunction;  // whose locals; kNoFunction: heap
  std::uint32_t owner = 0;            // of a frame: the goroutine's id
  std::int64_t layout = -1;           // of a heap block
  bool open = false;  // code that is not seen may hold its address
  // Elements of a container: the variable that it is.
  const Variable* container = nullptr;
  bool global = false;  // of that variable
  // By offset: what an atomic operation that acquires from a plain cell orders
  // before itself.
  std::map<std::uint32_t, Seen> clocks;
};

struct Object {
  enum class Type : std::uint8_t {
    kChannel,
    kMutex,
    kWaitGroup,
    kOnce,
    kAtomic,
    kThread,
    kThreads,
    kSemaphore,
    kCondition,
    kBarrier,
    kOpen,
  };
  Type type = Type::kOpen;
  bool open = false;        // may be used by code that is not seen
  bool others = false;      // kMutex: by code that gives it back
  bool closed = false;      // kChannel; kOnce: done; kThread: ended
  bool timer = false;       // kChannel: a value may come at any time
  bool context = false;     // kChannel: of a context
  bool recursive = false;   // kMutex: its holder may take it again
  bool promise = false;     // kThread: no thread, but what a promise gives
  std::uint32_t owner = 0;  // kMutex: id of the holder; kOnce: of the runner
  // Counter, capacity or permits; kMutex: how often it was taken again;
  // kBarrier: how many have yet to arrive.
  std::int64_t count = 0;
  // kMutex: a goroutine that waits to write; no new reader passes it.
  std::uint32_t writer = 0;
  // Ids. kMutex: of readers, sorted; kCondition: of waiters, the first first.
  std::vector<std::uint32_t> readers;
  std::vector<Value> values;    // buffer, oldest first; kAtomic: one;
                                // kThreads: the handles; kBarrier: how many
                                // it expects, and which phase it is in
  std::vector<Value> children;  // of a context: those that end with it
  std::vector<Seen> slots;      // kChannel: one each, that of the oldest first
  Seen clock;                   // what acquiring from it orders before
  Seen reader_clock;            // kMutex: what readers released
  std::uint32_t name = 0;       // into Program::names, 0: none
  SiteId made_at = kNoSite;
  SiteId changed_at = kNoSite;  // the close, the lock
  std::uint32_t changed_by = 0;
};

struct Frame {
  FunctionId function = kNoFunction;
  std::uint32_t pc = 0;
  std::uint32_t segment = 0;
  Register result = kNoRegister;  // of the caller
  bool guarded = false;           // an exception is caught below this frame
  std::vector<Value> registers;
  std::vector<std::uint8_t> loops;  // kOnceLoop: turns taken
};

struct Goroutine {
  std::uint32_t id = 0;
  std::vector<Frame> frames;  // empty: ended
  Seen seen;
  bool tainted = false;
  bool armed = false;     // starts when its timer fires
  bool doubtful = false;  // an unknown condition led here since its last lock
  std::uint32_t thread = 0;  // object + 1 of its handle; 0: none
  std::uint32_t group = 0;   // object + 1 of the wait group it counts for
  SiteId created_at = kNoSite;
};

/// What is assumed about an unknown scalar: it lies in [low, high].
struct Symbol {
  std::int64_t low = INT64_MIN;
  std::int64_t high = INT64_MAX;
  bool assumed = false;
  // Whether a channel that is not known gave a value: zero is a close that
  // nobody has seen.
  bool doubtful = false;
};

struct State {
  std::vector<Goroutine> goroutines;  // the first is main
  std::vector<Segment> segments;      // the first are the globals
  std::vector<Object> objects;
  std::vector<Symbol> symbols;
  std::vector<Access> accesses;
  std::uint32_t next_id = 1;
  std::uint8_t assumptions = 0;  // unknown conditions that were decided
  // A goroutine was left out, or something went on that code which is not seen
  // would have had to help: not fit to prove a deadlock.
  bool truncated = false;
  bool ended = false;  // the program is over, or is not followed further
  // main has returned: what the others would still do tells who leaked.
  bool after_main = false;
  Trace steps;  // since the state before; tells, decides nothing
};

/// Drops the unreachable, renumbers the rest. Returns a key that is equal for
/// states that behave alike.
std::string canonicalise(State& state);

}  // namespace chansan::model
