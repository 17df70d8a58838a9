#include "bench/runtime/harness.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

namespace bench {

namespace {

double now_ns(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e9 +
         static_cast<double>(now.tv_nsec);
}

double nanoseconds_each(const Kernel& kernel, clockid_t clock) {
  std::vector<double> times;
  if (kernel.warm_up) kernel.run(kernel.operations / 10);
  for (int round = 0; round < kernel.rounds; ++round) {
    const double begin = now_ns(clock);
    kernel.run(kernel.operations);
    times.push_back((now_ns(clock) - begin) / kernel.operations);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

}  // namespace

int run(int argc, char** argv, const Program& program) {
  if (argc != 3 || !program.kernels.contains(argv[1])) {
    for (const auto& [name, kernel] : program.kernels) std::puts(name.c_str());
    return argc == 1 ? 0 : 2;
  }
  const Kernel& kernel = program.kernels.at(argv[1]);
  const int processors = std::atoi(argv[2]);
  program.set_processors(processors);
  program.spin(processors);
  const bool cpu = processors == 1 && kernel.clock == Clock::kCpuIfAlone;
  const double each = nanoseconds_each(
      kernel, cpu ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC);
  print("ns", each);
  return 0;
}

Deadline::Deadline() : end_ns_(now_ns(CLOCK_MONOTONIC) + 1e8) {}

bool Deadline::over() const { return now_ns(CLOCK_MONOTONIC) >= end_ns_; }

Memory Memory::now() {
  std::ifstream status("/proc/self/status");
  Memory memory;
  for (std::string word; status >> word;) {
    if (word == "VmRSS:") status >> memory.resident_kib;
    if (word == "VmPTE:") status >> memory.page_tables_kib;
  }
  return memory;
}

void print(const char* figure, double value) {
  std::printf("%s %.1f\n", figure, value);
  std::fflush(stdout);
}

void MemoryFigures::parked(int count) {
  const Memory now = Memory::now();
  print("bytes_each", (now.resident_kib - before_.resident_kib) * 1024 / count);
  print("page_table_bytes_each",
        (now.page_tables_kib - before_.page_tables_kib) * 1024 / count);
}

void MemoryFigures::ended() {
  constexpr int kSecondsMax = 60;
  constexpr int kPatience = 5;  // seconds without a change
  Memory least = Memory::now();
  int unchanged = 0;
  for (int i = 0; i < kSecondsMax && unchanged < kPatience; ++i) {
    sleep(1);
    const Memory now = Memory::now();
    unchanged = now.resident_kib < least.resident_kib ? 0 : unchanged + 1;
    if (unchanged == 0) least = now;
  }
  print("start_kib", before_.resident_kib);
  print("left_kib", least.resident_kib);
  print("left_page_tables_kib", least.page_tables_kib);
}

}  // namespace bench
