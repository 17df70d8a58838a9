// PROGRAM NAME: runs one kernel and prints the processor time that it took, in
// seconds, and the largest resident set, in KB. PROGRAM: prints the names.
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <string>

#include "bench/race/kernel.h"

namespace {

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) +
         static_cast<double>(now.tv_nsec) * 1e-9;
}

// The kernel's own count would begin with what this process was before exec().
long largest_resident_kb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
  }
  return 0;
}

int run(const chansan::bench::Kernel& kernel) {
  const double before = processor_seconds();
  const std::uint64_t result = kernel.run();
  const double seconds = processor_seconds() - before;
  std::printf("%.6f %ld %llu\n", seconds, largest_resident_kb(),
              static_cast<unsigned long long>(result));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  for (const auto kernels : {chansan::bench::memory_kernels(),
                             chansan::bench::concurrent_kernels()}) {
    for (const auto& kernel : kernels) {
      if (argc < 2) {
        std::printf("%s\n", kernel.name);
      } else if (std::strcmp(kernel.name, argv[1]) == 0) {
        return run(kernel);
      }
    }
  }
  return argc < 2 ? 0 : 1;
}
