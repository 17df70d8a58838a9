// What the goroutines of a core file or a live process wait on, in the form in
// which the runtime tells it of a program that stands still: one set of rules
// judges both.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "runtime/snapshot.h"
#include "tool/explain/process_image.h"
#include "tool/explain/runtime_memory.h"

namespace chansan {

class WorldReader {
 public:
  WorldReader(ProcessImage& image, RuntimeMemory& memory)
      : image_(image), memory_(memory) {}

  /// The world; it refers to texts that live as long as this. `pcs` are the
  /// stacks of `goroutines`, in the same order.
  csp::seam::World read(const std::vector<RawGoroutine>& goroutines,
                        std::vector<std::vector<std::uintptr_t>> pcs,
                        std::int64_t now_ns);

  /// Goroutines that wait, of which nobody who can still run holds what they
  /// wait for or can reach it, as far as can be seen from stacks and globals.
  std::vector<csp::seam::GoroutineId> stuck(
      const csp::seam::World& world,
      const std::vector<RawGoroutine>& goroutines);

 private:
  using Object = csp::seam::ObjectSnapshot;
  std::vector<csp::seam::Wait> waits_of(const RawGoroutine& goroutine);
  void describe(Object& object, const std::vector<RawGoroutine>& goroutines);
  void add_holder(Object& object, std::uint64_t taken, bool shared,
                  const std::vector<RawGoroutine>& goroutines);
  std::uint64_t size_of(const Object& object) const;
  void look(std::uint64_t low, std::uint64_t high, int steps,
            const csp::seam::World& world, std::vector<bool>& found);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> variables();
  std::uint64_t block_size(std::uint64_t address);
  static bool can_come(const csp::seam::Wait& wait,
                       const csp::seam::World& world,
                       const std::vector<bool>& alive,
                       const std::vector<bool>& runs);
  std::vector<bool> reached_from(std::uint64_t low, std::uint64_t high,
                                 const csp::seam::World& world);

  ProcessImage& image_;
  RuntimeMemory& memory_;
  std::deque<std::string> texts_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> stacks_;  // by low
  std::vector<std::uint64_t> seen_;                              // sorted
};

}  // namespace chansan
