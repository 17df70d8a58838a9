// Cheap random numbers for scheduling decisions.
#pragma once

#include <cstdint>

namespace csp::internal {

/// SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators" (OOPSLA 2014).
inline std::uint64_t next_random(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/// Uniform in [0, bound): Lemire, "Fast random integer generation in an
/// interval" (TOMACS 2019), without the rejection: the bias is below
/// bound / 2^32.
inline std::uint32_t random_below(std::uint64_t& state, std::uint32_t bound) {
  return static_cast<std::uint32_t>(((next_random(state) >> 32) * bound) >> 32);
}

/// The state of the calling OS thread's own sequence.
std::uint64_t& random_state();

}  // namespace csp::internal
