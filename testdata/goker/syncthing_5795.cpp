// The dispatcher waits for the reader's end, which waits for the dispatcher.
#include <csp/csp.h>

#include <functional>
#include <memory>

struct Connection {
  csp::chan<int> inbox = csp::make_chan<int>();
  csp::chan<csp::unit> closed = csp::make_chan<csp::unit>();
  csp::chan<csp::unit> loop_done = csp::make_chan<csp::unit>();

  void dispatch() {
    for (;;) {
      const int chosen =
          csp::select(csp::recv_case(inbox), csp::recv_case(closed));
      if (chosen == 1) break;
      close();
    }
    loop_done.close();
  }
  void close() {
    closed.close();
#ifndef FIXED
    loop_done.recv();
#endif
  }
};

int main() {
  auto connection = std::make_shared<Connection>();
  auto done = csp::make_chan<csp::unit>();
  csp::go([=] {
    connection->dispatch();
    done.close();
  });
  connection->inbox << 1;
  done.recv();  // want "chansan-go-all-asleep"
}
