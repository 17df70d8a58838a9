// A writer tells its error to the channel of the one that, about to reset it,
// waits for the writer's lock.
// deadlock: channel and lock
#include <csp/csp.h>

#include <memory>
#include <mutex>
#include <string>

class Connection {
 public:
  void monitor([[maybe_unused]] const csp::chan<csp::unit>& writing) {
    if (csp::select(csp::recv_case(closed_), csp::recv_case(reset_)) == 0) {
#if !FIXED
      writing.recv();
#endif
      std::lock_guard held(write_mu_);  // knot: sync.Mutex.Lock
      framer_closed_ = true;
    }
  }
  void write_frame(const csp::chan<csp::unit>& writing) {
    std::unique_lock held(write_mu_);
    writing.close();
#if FIXED
    held.unlock();
    csp::select(csp::send_case(reset_, std::string("broken pipe")),
                csp::recv_case(closed_));
#else
    reset_ << std::string("broken pipe");  // knot: chan send
#endif
  }
  void close() { closed_.close(); }

 private:
  csp::mutex write_mu_;
  bool framer_closed_ = false;
  csp::chan<std::string> reset_ = csp::make_chan<std::string>();
  csp::chan<csp::unit> closed_ = csp::make_chan<csp::unit>();
};

int main() {
  auto connection = std::make_shared<Connection>();
  auto writing = csp::make_chan<csp::unit>();
  csp::wait_group wg;
  wg.go([=] { connection->monitor(writing); });
  csp::yield();
  connection->close();
  csp::yield();
  wg.go([=] { connection->write_frame(writing); });
  wg.wait();  // stuck: sync.WaitGroup.Wait
}
