// Runs a program under one seed after the other, several at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tool/explore/run_seed.h"

namespace chansan {

struct Plan {
  std::vector<std::string> command;
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 1000;
  std::uint64_t shard = 0;  // of shards: seeds whose place is this modulo it
  std::uint64_t shards = 1;
  unsigned jobs = 1;
  bool keep_going = false;                   // after a failure
  std::chrono::seconds limit{60};            // of one run
  std::optional<std::chrono::seconds> time;  // of all
};

/// Failures of one kind: the one with the smallest seed, and how many.
struct Failure {
  SeedRun run;
  std::uint64_t count = 1;
};

struct Exploration {
  std::uint64_t schedules = 0;
  std::vector<Failure> failures;  // by rising seed
  std::error_code error;          // the program could not be started
};

/// `advance` is told the number of runs that have ended, from any thread, one
/// at a time.
Exploration explore(const Plan& plan, const std::string& scratch,
                    const std::function<void(std::uint64_t)>& advance);

}  // namespace chansan
