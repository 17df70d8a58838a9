// Closed once, after all.
#include <csp/csp.h>

#include <memory>

int work(int);

void run(int workers) {
  auto results = csp::make_chan<int>(16);
  auto wg = std::make_shared<csp::wait_group>();
  wg->add(workers);
  for (int i = 0; i < workers; ++i)
    csp::go([=] {
      results << work(i);
      wg->done();
    });
  csp::go([=] {
    wg->wait();
    results.close();
  });
  for (int result : results) (void)result;
}
