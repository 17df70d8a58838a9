#include "tool/check/statistics.h"

#include <ostream>

namespace chansan::check {

Statistics& statistics() {
  static Statistics statistics;
  return statistics;
}

void print_statistics(std::ostream& out) {
  const Statistics& counted = statistics();
  out << "functions modelled: " << counted.functions
      << "\nexplorations: " << counted.roots << "\nstates: " << counted.states
      << "\nexplorations cut by a bound: " << counted.given_up
      << "\nmodel and exploration: " << counted.microseconds << " us\n";
}

}  // namespace chansan::check
