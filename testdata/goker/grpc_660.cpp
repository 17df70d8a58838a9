// The benchmark's worker sends its result when nobody may take it.
#include <csp/csp.h>

struct Client {
  csp::chan<bool> stop = csp::make_chan<bool>();
  void do_close_loop() {
    csp::go([this] {
      for (;;) {
#ifdef FIXED
        auto done = csp::make_chan<bool>(1);
#else
        auto done = csp::make_chan<bool>();
#endif
        csp::go([done] {
          done << true;  // want "chansan-chan-orphan-send"
        });
        if (csp::select(csp::recv_case(stop), csp::recv_case(done)) == 0)
          return;
      }
    });
  }
};

int main() {
  Client client;
  client.do_close_loop();
  client.stop.close();
  csp::sleep_for(std::chrono::milliseconds(1));
}
