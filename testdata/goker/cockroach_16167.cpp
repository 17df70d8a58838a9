// A query reads with the lock, a schema change waits to write, and the query's
// cache reads again.
#include <csp/csp.h>

#include <mutex>
#include <shared_mutex>

struct Executor {
  csp::shared_mutex system;
  int config = 0;
  int prepare() {
#ifndef FIXED
    std::shared_lock lock(system);  // want "chansan-lock-recursive-rlock"
#endif
    return config;
  }
  void execute() {
    std::shared_lock lock(system);
    prepare();
  }
  void update() {
    std::unique_lock lock(system);
    ++config;
  }
};

int main() {
  Executor executor;
  csp::wait_group wg;
  wg.go([&] { executor.update(); });
  wg.go([&] { executor.execute(); });
  wg.wait();
}
