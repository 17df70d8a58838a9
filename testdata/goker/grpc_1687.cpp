// A handler writes to a channel that the serve loop closes.
#include <csp/csp.h>

#include <memory>

struct Transport {
  csp::chan<int> writes = csp::make_chan<int>();
  csp::chan<csp::unit> closed = csp::make_chan<csp::unit>();
  void write() {
    csp::select(csp::send_case(writes, 1), csp::recv_case(closed));  // want "chansan-chan-send-after-close"
  }
  void handle_streams() {
    csp::select(csp::recv_case(writes), csp::recv_case(closed));
#ifndef FIXED
    writes.close();
#endif
  }
};

int main() {
  auto transport = std::make_shared<Transport>();
  csp::wait_group wg;
  wg.go([=] { transport->handle_streams(); });
  wg.go([=] { transport->write(); });
  transport->closed.close();
  wg.wait();
}
