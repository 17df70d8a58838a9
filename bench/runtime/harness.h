// What the benchmark programs in C++ share: `PROGRAM NAME PROCESSORS` runs
// one kernel and prints what it cost, a line per figure; `PROGRAM` alone
// prints the names. go/main.go does the same.
#pragma once

#include <map>
#include <string>

namespace bench {

/// With one processor, what others do on the machine shows in the time that
/// passes but not in the CPU time. What waits for anything else than a
/// goroutine is measured by the time that passes, always.
enum class Clock { kCpuIfAlone, kWall };

struct Kernel {
  int operations;
  void (*run)(int operations);
  Clock clock = Clock::kCpuIfAlone;
  int rounds = 3;
  bool warm_up = true;
};

using Kernels = std::map<std::string, Kernel>;

struct Program {
  Kernels kernels;
  /// Before anything else; whatever the library needs.
  void (*set_processors)(int count);
  /// Keeps that many processors busy for a while: a machine that has been
  /// idle runs two new OS threads on one CPU at first.
  void (*spin)(int processors);
};

int run(int argc, char** argv, const Program& program);

/// Until then a spin() should compute.
class Deadline {
 public:
  Deadline();
  bool over() const;

 private:
  double end_ns_;
};

/// What this process has of the machine's memory.
struct Memory {
  double resident_kib = 0;
  double page_tables_kib = 0;
  static Memory now();
};

/// Prints one more figure of the kernel that runs.
void print(const char* figure, double value);

/// What is resident per parked goroutine, and what is left after they end.
class MemoryFigures {
 public:
  void parked(int count);
  /// Waits until the memory has gone back or does not shrink any more.
  void ended();

 private:
  const Memory before_ = Memory::now();
};

}  // namespace bench
