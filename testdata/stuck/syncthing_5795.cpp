// A connection is closed from within its own dispatcher, and close waits for
// the dispatcher's end.
// deadlock: no sender left
#include <csp/csp.h>

#include <functional>
#include <memory>

class Connection {
 public:
  std::function<void(Connection&)> on_message;

  void start() {
    csp::go([this] { dispatch(); });
  }
  void receive(int message) { inbox_ << message; }
  void close() {
    closing_.call([this] {
      closed_.close();
#if !FIXED
      dispatcher_stopped_.recv();  // knot: chan receive
#endif
    });
  }
  void join() { dispatcher_stopped_.recv(); }  // stuck: chan receive

 private:
  void dispatch() {
    while (csp::select(
               csp::recv_case(
                   inbox_, [this](std::optional<int>) { on_message(*this); }),
               csp::recv_case(closed_)) == 0) {
    }
    dispatcher_stopped_.close();
  }
  csp::once closing_;
  csp::chan<int> inbox_ = csp::make_chan<int>();
  csp::chan<csp::unit> closed_ = csp::make_chan<csp::unit>();
  csp::chan<csp::unit> dispatcher_stopped_ = csp::make_chan<csp::unit>();
};

int main() {
  auto connection = std::make_unique<Connection>();
  connection->on_message = [](Connection& self) { self.close(); };
  connection->start();
  connection->receive(1);
  connection->join();
}
