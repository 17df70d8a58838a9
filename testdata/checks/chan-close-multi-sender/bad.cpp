// The first to be done closes under the others.
#include <csp/csp.h>

int work(int);

void run(int workers) {
  auto results = csp::make_chan<int>(16);
  for (int i = 0; i < workers; ++i)
    csp::go([=] {
      results << work(i);
      results.close();  // want "every goroutine that this loop starts sends on and closes 'results'"
    });
  for (int result : results) (void)result;
}
