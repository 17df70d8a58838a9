// By reference; or shared.
#include <csp/csp.h>

#include <memory>

struct Jobs {
  csp::wait_group running;
};

void start(Jobs& jobs) {
  jobs.running.add(1);
  csp::go([&jobs] { jobs.running.done(); });
  jobs.running.wait();
}

void start(std::shared_ptr<Jobs> jobs) {
  jobs->running.add(1);
  csp::go([jobs] { jobs->running.done(); });
  jobs->running.wait();
}
