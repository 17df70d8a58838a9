// A worker that waits for jobs that nobody can send any more.
#include <csp/csp.h>

int main() {
  const auto jobs = csp::make_chan<int>();
  const auto begun = csp::make_chan<csp::unit>();
  csp::go([=] {
    begun.send({});
    jobs.recv();
  });
  begun.recv();
  return 0;
}
