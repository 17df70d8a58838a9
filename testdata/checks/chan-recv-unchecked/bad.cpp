// The loop takes the value that a closed channel does not have.
#include <csp/csp.h>

void use(int);

void consume() {
  auto jobs = csp::make_chan<int>(2);
  csp::go([jobs] {
    for (;;) use(*jobs.recv());  // want "the value of this receive is taken unseen, and 'jobs' is closed"
  });
  jobs << 1;
  jobs.close();
}
