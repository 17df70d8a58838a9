// The setting is restored while the connector still reads it.
#include <csp/csp.h>

#include <memory>
#include <mutex>

int min_timeout = 20;

struct AddrConn {
  csp::mutex mu;
  int reset() {
    std::lock_guard lock(mu);
    return min_timeout;  // want "chansan-race-shared-global"
  }
};

int main() {
  auto conn = std::make_shared<AddrConn>();
  csp::wait_group wg;
  const int before = min_timeout;
  wg.add(1);
  csp::go([conn, &wg] {
    conn->reset();
    wg.done();
  });
#ifdef FIXED
  wg.wait();
#endif
  min_timeout = before;
  wg.wait();
}
