// The goroutines of a process, read from its memory through the table that
// csp puts into every program (docs/formats/debug-layout.md).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tool/explain/process_image.h"

namespace chansan {

struct RawGoroutine {
  std::uint64_t id = 0;
  std::uint64_t creator = 0;
  std::uint64_t created_at = 0;  // pc; 0: not known
  std::string name;
  std::string status;  // "running", "runnable", ... or Go's wait reason
  bool waiting = false;
  bool foreign = false;
  std::uint64_t waits_on = 0;  // the object; 0: none or several
  std::uint64_t cases = 0;     // of a select: where they are
  std::uint64_t case_count = 0;
  std::int64_t since_ns = 0;  // monotonic clock; while waiting
  std::uint64_t stack_low = 0;
  std::uint64_t stack_high = 0;
  std::optional<Registers> suspended;  // what it goes on with
};

class RuntimeMemory {
 public:
  /// Nothing, after saying in `problem` why, if the process has no csp that
  /// can be read.
  static std::optional<RuntimeMemory> open(ProcessImage& image,
                                           std::string& problem);

  /// Those that are alive, by rising id.
  std::vector<RawGoroutine> goroutines();

  /// The memory of the scheduler itself: begin and end.
  std::pair<std::uint64_t, std::uint64_t> scheduler() const;
  /// OS threads that run goroutines.
  std::size_t machines();
  /// Whether `address` lies in memory for stacks. Requires: goroutines() was
  /// called.
  bool in_stack_slots(std::uint64_t address) const;

  /// Nothing if the program's csp does not tell.
  std::optional<std::int64_t> field(const std::string& name) const;
  /// The number of `bytes` bytes in member `name` of the object at `address`;
  /// nothing if the table does not have it, or memory does not.
  std::optional<std::uint64_t> member(std::uint64_t address,
                                      const std::string& name,
                                      std::size_t bytes);

 private:
  explicit RuntimeMemory(ProcessImage& image) : image_(&image) {}

  std::string load(std::uint64_t table);
  std::vector<std::string> texts_at(std::uint64_t address);
  std::vector<std::uint64_t> addresses();
  std::string name_at(std::uint64_t string);
  std::optional<RawGoroutine> goroutine_at(std::uint64_t address);
  std::optional<Registers> saved_registers(std::uint64_t sp);

  ProcessImage* image_;
  std::map<std::string, std::int64_t> fields_;
  std::vector<std::string> wait_reasons_;
  std::vector<std::string> statuses_;
  std::uint64_t scheduler_ = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> slabs_;
};

}  // namespace chansan
