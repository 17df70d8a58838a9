// Terminated watchers are counted by two goroutines.
#include <csp/csp.h>
#include <memory>
#include <mutex>
#include <vector>
struct Watcher {
  bool stopped = false;
  int events = 0;
};
class Cacher {
 public:
  std::shared_ptr<Watcher> watch() {
    std::lock_guard lk(mu);
    watchers.push_back(std::make_shared<Watcher>());  // want "chansan-race-container-mutation"
    return watchers.back();
  }
  void terminate_all() {
#ifdef FIXED
    std::lock_guard lk(mu);
#endif
    for (auto& w : watchers) w->stopped = true;
    watchers.clear();
  }
  csp::mutex mu;
  std::vector<std::shared_ptr<Watcher>> watchers;
};
int main() {
  Cacher c;
  csp::wait_group wg;
  wg.go([&] { c.watch(); });
  wg.go([&] { c.terminate_all(); });
  wg.wait();
}
