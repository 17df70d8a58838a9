// A stream is closed without a word to the one who reads it; main leaves.
// leak: no sender left
#include <csp/csp.h>

#include <memory>

struct Stream {
  csp::chan<int> received = csp::make_chan<int>();
  void close() {
#if FIXED
    received.close();
#endif
  }
};

int main() {
  auto stream = std::make_shared<Stream>();
  csp::go([stream] {
    stream->received.recv();  // knot: chan receive
  });
  csp::sleep_for(std::chrono::milliseconds(2));
  stream->close();
}
