// A range ends with the close; a known number of values needs no test.
#include <csp/csp.h>

void use(int);

void consume() {
  auto jobs = csp::make_chan<int>(2);
  csp::go([jobs] {
    for (int job : jobs) use(job);
  });
  jobs << 1;
  jobs.close();
}

int first() {
  auto result = csp::make_chan<int>(1);
  result << 1;
  result.close();
  return *result.recv();
}
