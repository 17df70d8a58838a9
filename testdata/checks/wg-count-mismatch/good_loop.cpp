// One goroutine counts down as often as it has done something.
#include <csp/csp.h>

void counted() {
  csp::wait_group group;
  group.add(3);
  csp::go([&group] {
    for (int i = 0; i < 3; ++i) group.done();
  });
  group.wait();
}

void sent() {
  csp::wait_group group;
  auto jobs = csp::make_chan<int>();
  csp::go([&group, jobs] {
    for (int job : jobs) {
      (void)job;
      group.done();
    }
  });
  for (int i = 0; i < 2; ++i) {
    group.add(1);
    jobs << i;
  }
  jobs.close();
  group.wait();
}

int main() {
  counted();
  sent();
}
