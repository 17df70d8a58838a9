// Status asks a node that has stopped.
#include <csp/csp.h>

struct Node {
  csp::chan<csp::chan<int>> status = csp::make_chan<csp::chan<int>>();
  csp::chan<csp::unit> stop = csp::make_chan<csp::unit>();
  csp::chan<csp::unit> done = csp::make_chan<csp::unit>();

  int ask() {
    auto c = csp::make_chan<int>();
#ifdef FIXED
    if (csp::select(csp::send_case(status, c), csp::recv_case(done)) == 1)
      return 0;
#else
    status << c;  // want "chansan-chan-orphan-send"
#endif
    return *c.recv();
  }
  void run() {
    for (;;) {
      int chosen = csp::select(
          csp::recv_case(status,
                         [](std::optional<csp::chan<int>> c) { *c << 1; }),
          csp::recv_case(stop));
      if (chosen == 1) {
        done.close();
        return;
      }
    }
  }
  void halt() {
    csp::select(csp::send_case(stop, csp::unit{}), csp::recv_case(done));
    done.recv();
  }
};

int main() {
  Node node;
  csp::go([&] { node.run(); });
  csp::go([&] { node.ask(); });
  csp::go([&] { node.halt(); });
  csp::sleep_for(std::chrono::milliseconds(1));
}
