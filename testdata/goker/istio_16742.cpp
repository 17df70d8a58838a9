// The update holds the registry's lock only; the push path none.
#include <csp/csp.h>

#include <memory>
#include <mutex>
#include <shared_mutex>

struct Connection {
  csp::mutex mu;
  int labels = 1;
};

struct Server {
  csp::shared_mutex clients;
  std::shared_ptr<Connection> connection = std::make_shared<Connection>();
  void workload_update() {
    std::shared_lock lock(clients);
#ifdef FIXED
    std::lock_guard own(connection->mu);
#endif
    connection->labels = 0;  // want "chansan-race-sibling-goroutines"
  }
  int push() {
#ifdef FIXED
    std::lock_guard own(connection->mu);
#endif
    return connection->labels;
  }
};

int main() {
  Server server;
  csp::wait_group wg;
  wg.go([&] { server.push(); });
  wg.go([&] { server.workload_update(); });
  wg.wait();
}
