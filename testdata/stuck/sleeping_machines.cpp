// OS threads of the runtime that sleep keep nothing alive: neither what they
// ran before, nor what their creator had in its registers.
// leak: no receiver left
// goroutines: 20
#include <csp/csp.h>

#include <memory>

struct Work {
  csp::chan<int> results = csp::make_chan<int>();
};

[[gnu::noinline]] void start(csp::wait_group& started) {
  auto work = std::make_shared<Work>();
  started.add();
  csp::go([work, &started] {
    csp::go([work] {
      work->results << 1;  // knot: chan send
    });
#if FIXED
    work->results.recv();
#endif
    started.done();
  });
}

int main() {
  csp::gomaxprocs(4);
  csp::wait_group started;
  constexpr int kMany = 20;
  for (int i = 0; i < kMany; ++i) start(started);
  started.wait();
}
