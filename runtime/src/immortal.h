// What the whole process has one of.
#pragma once

#include <cstddef>
#include <new>

namespace csp::internal {

/// The one T of the process, made at its first use: it outlives every
/// destructor, and takes no memory that could be refused.
template <class T>
T& immortal() {
  alignas(T) static std::byte memory[sizeof(T)];
  static T& one = *::new (memory) T;
  return one;
}

}  // namespace csp::internal
