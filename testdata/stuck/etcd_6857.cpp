// A node's status is asked for after the node has stopped.
// leak: no receiver left
#include <csp/csp.h>

#include <memory>

struct Status {
  int term = 0;
};

class Node {
 public:
  Status status() {
    auto answer = csp::make_chan<Status>();
#if FIXED
    if (csp::select(csp::send_case(status_, answer), csp::recv_case(done_)) ==
        1) {
      return {};
    }
#else
    status_ << answer;  // knot: chan send
#endif
    return *answer.recv();
  }
  void stop() {
    if (csp::select(csp::send_case(stop_, csp::unit{}),
                    csp::recv_case(done_)) == 0) {
      done_.recv();
    }
  }
  void run() {
    for (;;) {
      csp::chan<Status> answer;
      bool stopped = false;
      csp::select(csp::recv_case(status_,
                                 [&](std::optional<csp::chan<Status>> asked) {
                                   *asked << Status{1};
                                 }),
                  csp::recv_case(stop_, [&](std::optional<csp::unit>) {
                    stopped = true;
                  }));
      if (stopped) return done_.close();
    }
  }

 private:
  csp::chan<csp::chan<Status>> status_ = csp::make_chan<csp::chan<Status>>();
  csp::chan<csp::unit> stop_ = csp::make_chan<csp::unit>();
  csp::chan<csp::unit> done_ = csp::make_chan<csp::unit>();
};

int main() {
  auto node = std::make_shared<Node>();
  csp::go([node] { node->run(); });
  node->status();
  node->stop();
  csp::go([node] { node->status(); });
  csp::yield();
}
