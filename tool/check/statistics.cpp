#include "tool/check/statistics.h"

#include <time.h>

#include <ostream>

namespace chansan::check {
namespace {

std::uint64_t time_us(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

}  // namespace

std::uint64_t thread_time_us() { return time_us(CLOCK_THREAD_CPUTIME_ID); }

std::uint64_t process_time_us() { return time_us(CLOCK_PROCESS_CPUTIME_ID); }

Statistics& statistics() {
  static Statistics statistics;
  return statistics;
}

void count(const model::Outcomes& outcomes) {
  ++statistics().roots;
  statistics().states += outcomes.states;
  if (outcomes.bounded)
    ++statistics().given_up;
  else if (!outcomes.complete)
    ++statistics().narrowed;
}

void print_statistics(std::ostream& out) {
  const Statistics& counted = statistics();
  out << "functions modelled: " << counted.functions
      << "\nexplorations: " << counted.roots << "\nstates: " << counted.states
      << "\nexplorations cut by a bound: " << counted.given_up
      << "\nexplorations that left out unlikely paths: " << counted.narrowed
      << "\nmodel and exploration: " << counted.microseconds
      << " us of processor time\n";
}

}  // namespace chansan::check
