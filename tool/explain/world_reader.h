// What the goroutines of a core file or a live process wait on, in the form in
// which the runtime tells it of a program that stands still: one set of rules
// judges both.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "runtime/snapshot.h"
#include "tool/explain/process_image.h"
#include "tool/explain/runtime_memory.h"

namespace chansan {

struct StackView {
  std::vector<std::uintptr_t> pcs;
  /// As the user's innermost frame has them: what the runtime has left in its
  /// own frames says nothing. Without rsp if it is not known.
  Registers user;
};

class WorldReader {
 public:
  WorldReader(ProcessImage& image, RuntimeMemory& memory)
      : image_(image), memory_(memory) {}

  /// The world; it refers to texts that live as long as this. `stacks` are
  /// those of `goroutines`, in the same order.
  csp::seam::World read(const std::vector<RawGoroutine>& goroutines,
                        std::vector<StackView> stacks, std::int64_t now_ns);

  /// Goroutines that wait, of which nobody who can still run holds what they
  /// wait for or can reach it, as far as can be seen from stacks and globals.
  std::vector<csp::seam::GoroutineId> stuck(
      const csp::seam::World& world,
      const std::vector<RawGoroutine>& goroutines);

 private:
  using Object = csp::seam::ObjectSnapshot;
  std::vector<csp::seam::Wait> waits_of(const RawGoroutine& goroutine);
  void describe(Object& object);
  void add_holder(Object& object, std::uint64_t taken, bool shared);
  csp::seam::GoroutineId whole_id(std::uint64_t half) const;
  std::uint64_t size_of(const Object& object) const;
  // How far pointers are followed.
  struct Limits {
    std::uint8_t steps = 0;
    std::uint64_t block_bytes = 0;     // of one block
    std::uint64_t guess_bytes = 0;     // of what may not be a block of malloc's
    std::uint64_t variable_bytes = 0;  // of another goroutine's stack
    std::size_t blocks = 0;
  };
  static const Limits kToExplain;
  static const Limits kToJudge;
  // Of each object of the world, the fewest steps to it, or kNotReached.
  using Steps = std::vector<std::uint8_t>;
  static constexpr std::uint8_t kNotReached = 0xff;
  struct Open {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    std::uint8_t steps = 0;
  };
  void look(const Open& memory, const Limits& limits,
            const csp::seam::World& world, Steps& found);
  void follow(std::uint64_t word, std::uint8_t steps, const Limits& limits,
              const csp::seam::World& world, Steps& found);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> variables();
  std::uint64_t block_size(std::uint64_t address, const Limits& limits);
  static bool can_come(const csp::seam::Wait& wait,
                       const csp::seam::World& world,
                       const std::vector<bool>& alive,
                       const std::vector<bool>& runs);
  Steps reached_from(const Registers& registers, std::uint64_t low,
                     std::uint64_t high, const Limits& limits,
                     const csp::seam::World& world);

  ProcessImage& image_;
  RuntimeMemory& memory_;
  std::deque<std::string> texts_;
  // By the lower half, where that is not all of it.
  std::unordered_map<std::uint64_t, csp::seam::GoroutineId> large_ids_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> stacks_;  // by low
  std::unordered_set<std::uint64_t> seen_;
  std::deque<Open> open_;
};

}  // namespace chansan
