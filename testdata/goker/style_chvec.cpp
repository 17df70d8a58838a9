// All workers but the first are told to end.
#include <csp/csp.h>
#include <vector>
int main() {
  std::vector<csp::chan<int>> workers;
  for (int i = 0; i < 3; ++i) workers.push_back(csp::make_chan<int>());
  csp::wait_group wg;
  for (auto& w : workers)
    wg.go([w] {
      for (auto v : w) (void)v;  // want "chansan-chan-missing-close-on-path"
    });
  for (std::size_t i = 0; i < workers.size(); ++i)
    workers[i] << static_cast<int>(i);
#ifdef FIXED
  for (auto& w : workers) w.close();
#else
  for (std::size_t i = 1; i < workers.size(); ++i) workers[i].close();
#endif
  wg.wait();
}
