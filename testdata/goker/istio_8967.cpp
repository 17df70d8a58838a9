// Stop() sets the done channel to null, which the watcher then selects on.
#include <csp/csp.h>
#include <memory>
class fsSource {
 public:
  fsSource() : donec_(csp::make_chan<csp::unit>()) {}
  void start() {
    csp::go([this] {
      for (;;) {
        if (csp::select(csp::recv_case(donec_)) == 0) {
          finished_.close();
          return;
        }
      }
    });
  }
  void stop() {
    donec_.close();
#ifndef FIXED
    donec_ = csp::chan<csp::unit>();  // want "chansan-race-sibling-goroutines"
#endif
  }
  void join() { finished_.recv(); }

 private:
  csp::chan<csp::unit> donec_;
  csp::chan<csp::unit> finished_ = csp::make_chan<csp::unit>();
};
int main() {
  auto s = std::make_unique<fsSource>();
  s->start();
  s->stop();
  s->join();
}
