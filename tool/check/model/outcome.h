// What an exploration found: facts with the steps that lead to them.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tool/check/model/program.h"

namespace chansan::model {

/// One step of an interleaving.
struct TraceStep {
  std::uint32_t goroutine = 0;  // 1: main, or the function explored
  SiteId site = kNoSite;
  std::string text;  // "receives from 'c'"
};

using Trace = std::vector<TraceStep>;

/// One goroutine of a state in which nothing can move.
struct Waiting {
  std::uint32_t goroutine = 0;
  SiteId site = kNoSite;
  Op op = Op::kYield;
  bool range = false;            // a receive that is a range
  bool nil = false;              // on a nil channel
  bool unbuffered = false;       // on a channel without a buffer
  bool immortal = false;         // the goroutine is an endless loop
  bool context = false;          // for the end of a context
  bool reads_again = false;      // kRLock: of a lock that it reads already
  std::size_t cases = 0;         // kSelect: with a channel
  SiteId object_site = kNoSite;  // where the object was made
  std::string object;            // its name
  std::uint32_t owner = 0;       // kLock: the goroutine that holds it
  std::string text;              // "waits to receive from 'c'"
  std::vector<SiteId> holds;     // where it took the locks that it holds
};

struct Stuck {
  std::vector<Waiting> waiting;
  Trace trace;
  bool is_main = false;
  bool partial = false;  // others go on for ever
  bool leak = false;     // the function explored has returned; these are left
};

struct Touch {
  std::uint32_t goroutine = 0;
  SiteId site = kNoSite;
  bool write = false;
};

struct Race {
  std::string variable;
  SiteId variable_site = kNoSite;
  bool global = false;
  bool shared = true;  // Variable::shared
  bool loop = false;   // Variable::loop
  bool heap = false;   // a member of an object that has no name
  Sort sort = Sort::kPlain;
  bool owned = false;  // one of the two goroutines declared the variable
  Touch earlier;
  Touch later;
  Trace trace;
};

/// An operation that throws, panics or can never go on.
struct Misuse {
  enum class Kind : std::uint8_t {
    kSendOnClosed,
    kDoubleClose,
    kCloseNil,
    kNilOperation,
    kNegativeWaitGroup,
    kUnlockUnheld,
    kDoubleLock,
    kRecursiveRead,
    kAddRacesWait,
  };
  Kind kind;
  SiteId site = kNoSite;
  SiteId other = kNoSite;  // the first close, the first lock
  std::uint32_t goroutine = 0;
  std::uint32_t other_goroutine = 0;
  std::string object;
  SiteId object_site = kNoSite;  // where it was made
  Trace trace;
};

/// A range over a channel that nothing closed on any explored path.
struct OpenRange {
  SiteId site = kNoSite;
  SiteId made_at = kNoSite;
  std::string channel;
};

struct Outcomes {
  std::vector<Stuck> stuck;
  std::vector<Race> races;
  std::vector<Misuse> misuses;
  std::vector<OpenRange> open_ranges;
  std::set<SiteId>
      closed;  // where channels that some execution closes are made
  std::uint64_t states = 0;
  bool bounded = false;  // a bound on what it may cost ended it
  bool complete = true;  // no execution was left out, for whatever reason
};

}  // namespace chansan::model
