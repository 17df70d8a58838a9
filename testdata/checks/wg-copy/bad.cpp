// The goroutine counts in a copy.
#include <csp/csp.h>

struct Jobs {
  Jobs() = default;
  Jobs(const Jobs& other) : limit(other.limit) {}
  csp::wait_group running;
  int limit = 0;
};

void start(Jobs& jobs) {
  jobs.running.add(1);
  csp::go([jobs]() mutable {  // want "this copies 'jobs', and with it its wait group 'running'"
    jobs.running.done();
  });
  jobs.running.wait();
}
