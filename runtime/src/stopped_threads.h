// Every other OS thread of the process, stopped by a signal for a while, with
// its registers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "runtime/src/scan_memory.h"

namespace csp::internal {

struct StoppedThread {
  std::uintptr_t sp = 0;
  std::array<std::uintptr_t, 23> registers{};  // gregset_t
};

class StoppedThreads {
 public:
  /// Stops them. Until the end nothing may be called that could wait for one:
  /// malloc above all.
  StoppedThreads();
  ~StoppedThreads();
  StoppedThreads(const StoppedThreads&) = delete;
  StoppedThreads& operator=(const StoppedThreads&) = delete;

  /// Whether every one has stopped; else what they know is not known.
  bool all() const { return all_; }
  const ScanVector<StoppedThread>& threads() const { return threads_; }

 private:
  bool all_ = false;
  ScanVector<StoppedThread> threads_;
};

}  // namespace csp::internal
