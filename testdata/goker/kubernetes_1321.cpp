// The mux holds its lock while it hands over to a watcher that stops and wants
// the lock.
#include <csp/csp.h>

#include <map>
#include <memory>
#include <mutex>

struct Mux {
  csp::mutex lock;
  csp::chan<int> result = csp::make_chan<int>();
  csp::chan<csp::unit> stopped = csp::make_chan<csp::unit>();
  bool watching = true;

  void distribute() {
    std::lock_guard guard(lock);
    if (!watching) return;
#ifdef FIXED
    csp::select(csp::send_case(result, 1), csp::recv_case(stopped));
#else
    result << 1;
#endif
  }
  void stop_watching() {
#ifdef FIXED
    stopped.close();
#endif
    std::lock_guard guard(lock);
    watching = false;
  }
};

int main() {
  auto mux = std::make_shared<Mux>();
  csp::wait_group wg;
  wg.go([mux] { mux->distribute(); });
  wg.go([mux] { mux->stop_watching(); });
  wg.wait();  // want "chansan-go-all-asleep"
}
