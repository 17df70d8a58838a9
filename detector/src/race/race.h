// A race as the rules found it: plain facts, not yet words.
#pragma once

#include <array>
#include <cstdint>

#include "detector/src/race/cell.h"
#include "detector/src/race/context.h"
#include "detector/src/race/life.h"

namespace chansan::race {

/// One of the two accesses.
struct RaceSide {
  csp::seam::GoroutineId goroutine = 0;  // 0: not known
  std::string name;                      // that the program gave it
  bool ended = false;                    // the goroutine has
  ContextId created_at = 0;
  std::array<Ancestor, Creators::kToldMax> ancestors;
  Operation operation = Operation::kAccess;
  Manner manner = Manner::kRead;
  std::uint64_t address = 0;
  std::uint32_t size = 0;
  ContextId context = 0;
  Tick tick = 0;
  Release last_release;
};

struct Race {
  RaceSide later;
  RaceSide earlier;
  std::uint64_t granule = 0;  // or the object, for channels and wait_groups
  std::uint8_t overlap = 0;   // the bytes of the granule that both touch
  bool on_object = false;     // not memory: send against close, add, wait
  Tick known = 0;  // how much of the earlier one's chain the later one knows
};

/// Told of every race, on the OS thread of the later access, no lock held.
class RaceListener {
 public:
  virtual void on_race(const Race& race) = 0;

 protected:
  ~RaceListener() = default;
};

}  // namespace chansan::race
