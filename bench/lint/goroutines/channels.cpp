// 200 goroutines take from one channel and answer on another.
#include <csp/csp.h>

int main() {
  auto jobs = csp::make_chan<int>();
  auto results = csp::make_chan<int>();
  for (int i = 0; i < 200; ++i)
    csp::go([=] {
      for (int j : jobs) results << j * 2;
    });
  csp::go([=] {
    for (int i = 0; i < 1000; ++i) jobs << i;
    jobs.close();
  });
  long sum = 0;
  for (int i = 0; i < 1000; ++i) sum += *results.recv();
  return sum == 999000 ? 0 : 1;
}
