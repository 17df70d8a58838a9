// A frame is written with the lock held that the reset needs.
#include <csp/csp.h>

#include <memory>
#include <mutex>

struct Connection {
  csp::mutex write_lock;
  csp::chan<bool> closed = csp::make_chan<bool>();
  void write_frame() {
    std::lock_guard lock(write_lock);
    csp::select(csp::recv_case(closed));
  }
  void monitor() {
#ifdef FIXED
    closed.close();
#else
    write_lock.lock();  // want "chansan-go-all-asleep"
    closed.close();
    write_lock.unlock();
#endif
  }
};

int main() {
  auto connection = std::make_shared<Connection>();
  auto done = csp::make_chan<csp::unit>();
  csp::go([=] {
    connection->write_frame();
    done.close();
  });
  connection->monitor();
  done.recv();
}
