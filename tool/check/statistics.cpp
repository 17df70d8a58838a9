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

void print_statistics(std::ostream& out) {
  const Statistics& counted = statistics();
  out << "functions modelled: " << counted.functions
      << "\nexplorations: " << counted.roots << "\nstates: " << counted.states
      << "\nexplorations cut by a bound: " << counted.given_up
      << "\nmodel and exploration: " << counted.microseconds
      << " us of processor time\n";
}

}  // namespace chansan::check
