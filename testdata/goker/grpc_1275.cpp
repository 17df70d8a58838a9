// Closing the stream forgets the buffer that its reader waits for.
#include <csp/csp.h>

#include <memory>

struct RecvBuffer {
  csp::chan<int> c = csp::make_chan<int>(1);
  void put(int value) {
    csp::select(csp::send_case(c, value), csp::default_case());
  }
};

struct Reader {
  std::shared_ptr<RecvBuffer> buffer;
  int read() {
    int got = -1;
    csp::select(csp::recv_case(  // want "chansan-go-leak"
        buffer->c, [&](std::optional<int> v) { got = v.value_or(-1); }));
    return got;
  }
};

struct Stream {
  std::shared_ptr<RecvBuffer> buffer = std::make_shared<RecvBuffer>();
  void close() {
#ifdef FIXED
    buffer->put(0);
#endif
  }
};

int main() {
  Stream stream;
  auto done = csp::make_chan<csp::unit>();
  csp::go([reader = Reader{stream.buffer}, done]() mutable {
    reader.read();
    done.close();
  });
  stream.close();
  csp::select(csp::recv_case(done),
              csp::recv_case(csp::after(std::chrono::seconds(1))));
}
