// One run of a program under one seed.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

#include "tool/common/process.h"
#include "tool/explain/findings_reader.h"

namespace chansan {

struct SeedRun {
  std::uint64_t seed = 0;
  std::error_code error;  // the program could not be started
  Ended ended;
  bool timed_out = false;
  Document document;  // what it reported
  bool failed() const {
    return timed_out || ended.status != 0 || ended.signal != 0 ||
           !document.findings.empty();
  }
};

/// CHANSAN_OPTIONS with the seed behind what the user has set there.
std::string options_with_seed(std::uint64_t seed);

/// Runs `command` with an empty standard input; what it prints is thrown away.
/// `directory` is empty and the run's own. May be called from several threads.
SeedRun run_seed(const std::vector<std::string>& command, std::uint64_t seed,
                 const std::string& directory, std::chrono::seconds limit);

}  // namespace chansan
