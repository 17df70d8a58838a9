// 200 goroutines select between a send and a close.
#include <csp/csp.h>

#include <atomic>

int main() {
  std::atomic<int> n{0};
  csp::wait_group wg;
  auto done = csp::make_chan<int>();
  auto c = csp::make_chan<int>(10);
  for (int i = 0; i < 200; ++i) {
    wg.add(1);
    csp::go([&, i] {
      n.fetch_add(1);
      switch (csp::select(csp::send_case(c, i), csp::recv_case(done))) {
        default:
          break;
      }
      wg.done();
    });
  }
  csp::go([&] {
    for (int i = 0; i < 200; ++i) c.recv();
    done.close();
  });
  wg.wait();
}
