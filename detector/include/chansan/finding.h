/// What a finding is: one defect, with all that is needed to explain it.
///
/// The same shape whether the lint, a run or an exploration produced it.
/// Plain data: who decides fills it in, who prints decides nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace chansan {

/// A place in the source. An empty file means that it is not known.
struct Location {
  std::string file;
  std::uint32_t line = 0;    // from 1; 0: not known
  std::uint32_t column = 0;  // from 1; 0: not known
  bool operator==(const Location&) const = default;
};

/// One function of a stack.
struct Frame {
  std::string function;  // demangled; empty: not known
  Location location;
  bool inlined = false;  // into the frame that follows
  bool library = false;  // csp, the standard library or below
  bool operator==(const Frame&) const = default;
};

/// Innermost frame first.
using Stack = std::vector<Frame>;

/// One sentence of the story, in the order in which things happen.
struct Step {
  std::uint64_t goroutine = 0;  // 0: no particular one
  std::string message;
  Location location;
};

/// A lock that a goroutine has.
struct Held {
  std::string object;  // named as in Object::name
  Stack taken_at;      // empty: not known
};

/// What goroutines wait on, or what several locks are.
struct Object {
  std::string name;           // "channel 1", "mutex 'accounts_lock'"
  std::string state;          // "unbuffered", "counter 2"
  Stack made_at;              // empty: not known
  std::vector<Step> history;  // its last operations, oldest first
};

/// A goroutine, or an OS thread seen as one; or many that are alike and were
/// not told apart.
struct Goroutine {
  std::uint64_t id = 0;  // main is 1; 0: many alike
  std::string name;      // given by the program; empty: none
  std::string status;    // "running", "finished", or Go's wait reason
  Stack stack;           // where it is now; empty: not known or not running
  std::uint64_t creator = 0;    // 0: none
  Stack created_at;             // the go statement
  std::string waits_for;        // the object it waits on, named; empty: none
  std::int64_t waiting_ns = 0;  // how long it has had this status; 0: not known
  std::uint64_t count = 1;      // how many this one stands for
  bool in_knot = false;         // one of those whose waiting is the cause
  std::vector<Held> holds;      // the locks that it has
  std::vector<Step> wakers;     // who could wake it, and why each cannot
  std::vector<Step> ancestors;  // creators: who was created where
};

/// One side of a race.
struct Access {
  std::string operation;  // "read", "write", "atomic write", "close", ...
  std::uint64_t goroutine = 0;
  std::uint64_t address = 0;
  std::uint32_t size = 0;  // bytes
  Stack stack;
};

/// What lies at the address of a race.
struct Memory {
  enum class Kind : std::uint8_t {
    kUnknown,
    kGlobal,
    kHeap,
    kStack,
    kChannel,
    kWaitGroup
  };
  Kind kind = Kind::kUnknown;
  std::string name;             // "counter", "worker's stack"; empty: none
  std::string function;         // kStack: whose frame it is in
  std::string field;            // "account.balance"; empty: not known, or all
  std::uint64_t size = 0;       // of the whole object, bytes
  std::uint64_t offset = 0;     // of the address in the object, bytes
  std::uint64_t goroutine = 0;  // that allocated it, or whose stack it is
  Stack allocated_at;           // kHeap
  Location declared_at;         // kGlobal, kStack
};

/// A replacement of source text that mends the defect.
struct Fix {
  Location location;         // of the first byte replaced
  std::uint32_t length = 0;  // bytes replaced
  std::string text;          // what stands there instead
};

/// How sure the finding is.
enum class Level : std::uint8_t { kCertain, kLikely, kMaybe };

struct Finding {
  // "race", "deadlock", "leak", "lock-order", "panic", "fatal", "dump", or a
  // check's id.
  std::string id;
  std::string kind;  // of a deadlock or leak: "lock cycle", "lost signal", ...
  Level level = Level::kCertain;
  std::string message;                // one sentence: what goes wrong
  Location location;                  // where it goes wrong
  std::vector<Access> accesses;       // race: the later one first
  Memory memory;                      // race
  std::vector<Goroutine> goroutines;  // those that take part
  std::vector<Object> objects;        // that the goroutines wait on
  std::vector<Step> steps;            // the interleaving, or the notes
  std::vector<Fix> fixes;
  std::string why;        // race: why the two are unordered
  std::string hint;       // what mends it, if it is known
  std::string reproduce;  // the command that shows it again
  // Of an interleaving: the goroutines in the order in which they take the
  // steps, "2,1,1". Empty: not known.
  std::string schedule;
  // By what it is silenced: "NOLINT", "baseline". Empty: it is shown. Only
  // formats that have a word for it write such a finding at all.
  std::string suppressed;
  std::uint64_t count = 1;  // equal findings folded into this one
};

}  // namespace chansan
