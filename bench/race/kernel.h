// What every program of this benchmark is: kernels by name, each of which does
// its work once and returns something that depends on all of it.
#pragma once

#include <cstdint>
#include <span>

namespace chansan::bench {

struct Kernel {
  const char* name;
  std::uint64_t (*run)();
};

/// Kernels that one goroutine runs; the same source in every program.
std::span<const Kernel> memory_kernels();
/// Kernels of several goroutines, or OS threads.
std::span<const Kernel> concurrent_kernels();

}  // namespace chansan::bench
