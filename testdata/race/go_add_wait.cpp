// An add from zero that is concurrent with the wait may be missed by it. With
// one processor the goroutine that adds has run, and the one that is done has
// not, when main waits.
#include <csp/csp.h>

int main() {
  csp::gomaxprocs(1);
  csp::wait_group all;
#ifdef RACY
  csp::go([&all] { all.add(); });
#else
  all.add();
#endif
  csp::yield();
  csp::go([&all] { all.done(); });
  all.wait();
  return 0;
}
