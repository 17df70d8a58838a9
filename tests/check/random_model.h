// Small random programs, the plainest way to run them, and the same programs
// for the machine under test.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tool/check/model/program.h"

namespace chansan::check {

enum class StepKind : std::uint8_t {
  kSend,
  kRecv,
  kClose,
  kLock,
  kUnlock,
  kDone,
  kWait,
  kRead,
  kWrite,
};

struct ModelStep {
  StepKind kind;
  std::size_t object = 0;
};

/// Goroutine 0 is main, which starts the others first. The program ends when
/// main does.
struct RandomModel {
  std::vector<int> capacities;  // of the channels
  std::size_t locks = 0;
  std::size_t variables = 0;
  int counter = 0;  // of the one wait group, at the start
  std::vector<std::vector<ModelStep>> goroutines;
};

RandomModel random_model(std::uint32_t seed);

std::string to_string(const RandomModel& model);

/// Which places every goroutine waits at in a stuck state, and the variables
/// that two goroutines can be about to access at once, one of them writing.
/// A place is `goroutine * 100 + step`.
struct Verdict {
  std::set<std::set<std::uint32_t>> stuck;
  std::set<std::size_t> racy;
  bool operator==(const Verdict&) const = default;
};

/// Every interleaving of every step, no reduction, no clocks.
Verdict run_plainly(const RandomModel& model);

/// The same as code: sites are the places above.
model::Program to_program(const RandomModel& model);

}  // namespace chansan::check
