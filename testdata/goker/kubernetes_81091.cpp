// Workers count into a plain member.
#include <csp/csp.h>

#include <atomic>

struct Plugin {
#ifdef FIXED
  std::atomic<int> called = 0;
#else
  int called = 0;
#endif
  void filter() { ++called; }  // want "chansan-race-sibling-goroutines"
};

int main() {
  Plugin plugin;
  auto work = csp::make_chan<int>(4);
  for (int i = 0; i < 4; ++i) work << i;
  work.close();
  csp::wait_group wg;
  wg.add(2);
  for (int i = 0; i < 2; ++i)
    csp::go([&] {
      for (auto piece : work) {
        (void)piece;
        plugin.filter();
      }
      wg.done();
    });
  wg.wait();
}
