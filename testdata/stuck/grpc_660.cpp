// A benchmark's client was told to stop; its workers tell how it went to a
// channel nobody reads from then on.
// leak: no receiver left
#include <csp/csp.h>

#include <memory>

class BenchmarkClient {
 public:
  void start(csp::chan<csp::unit> started) {
    csp::go([results = results_, stop = stop_, started] {
      started.close();
      for (int i = 0;; ++i) {
        if (csp::select(csp::recv_case(stop), csp::default_case()) == 0) {
          return;
        }
#if FIXED
        csp::select(csp::recv_case(stop), csp::send_case(results, i));
#else
        results << i;  // knot: chan send
#endif
      }
    });
  }
  void shutdown() { stop_.close(); }

 private:
  csp::chan<int> results_ = csp::make_chan<int>();
  csp::chan<csp::unit> stop_ = csp::make_chan<csp::unit>();
};

int main() {
  auto started = csp::make_chan<csp::unit>();
  {
    BenchmarkClient client;
    client.start(started);
    started.recv();
    csp::yield();
    client.shutdown();
  }
  csp::yield();
}
