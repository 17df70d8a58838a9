// The one who dials waits for a channel that is closed by the balancer's
// watcher, which on its early way out forgets it.
// deadlock: no sender left
#include <csp/csp.h>

class ClientConn {
 public:
  explicit ClientConn(csp::recv_chan<int> notify) : notify_(notify) {}
  void watch(csp::chan<csp::unit> done) {
    for (int address : notify_) {
      if (address < 0) break;
      done.close();
      return;
    }
#if FIXED
    done.close();
#endif
  }

 private:
  csp::recv_chan<int> notify_;
};

void dial(csp::recv_chan<int> notify) {
  auto done = csp::make_chan<csp::unit>();
  ClientConn conn(notify);
  csp::go(&ClientConn::watch, &conn, done);
  done.recv();  // knot: chan receive
}

int main() {
  auto notify = csp::make_chan<int>();
  notify.close();
  csp::wait_group wg;
  wg.go([notify] { dial(notify); });
  wg.wait();  // stuck: sync.WaitGroup.Wait
}
