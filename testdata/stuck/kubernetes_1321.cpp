// A watcher is stopped by its own reader, which needs the lock that the
// distributor has while it sends to that watcher.
// deadlock: channel and lock
#include <csp/csp.h>

#include <map>
#include <memory>
#include <mutex>

class Mux;

struct Watcher {
  int id = 0;
  csp::chan<int> result = csp::make_chan<int>();
  csp::chan<csp::unit> stopped = csp::make_chan<csp::unit>();
  Mux* mux = nullptr;
  void stop();
};

class Mux {
 public:
  std::shared_ptr<Watcher> watch() {
    std::lock_guard held(mu_);
    auto watcher = std::make_shared<Watcher>();
    watcher->id = next_id_++;
    watcher->mux = this;
    watchers_[watcher->id] = watcher;
    return watcher;
  }
  void stop_watching(int id) {
    std::lock_guard held(mu_);  // knot: sync.Mutex.Lock
    auto found = watchers_.find(id);
    if (found == watchers_.end()) return;
    found->second->stopped.close();
    watchers_.erase(found);
  }
  void distribute(int event, const csp::chan<csp::unit>& begun) {
    std::unique_lock held(mu_);
    begun.close();
#if FIXED
    const auto copy = watchers_;
    held.unlock();
    for (const auto& [id, watcher] : copy) {
      csp::select(csp::send_case(watcher->result, event),
                  csp::recv_case(watcher->stopped));
    }
#else
    for (const auto& [id, watcher] : watchers_) {
      watcher->result << event;  // knot: chan send
    }
#endif
  }

 private:
  csp::mutex mu_;
  int next_id_ = 0;
  std::map<int, std::shared_ptr<Watcher>> watchers_;
};

void Watcher::stop() { mux->stop_watching(id); }

int main() {
  auto mux = std::make_unique<Mux>();
  auto watcher = mux->watch();
  auto begun = csp::make_chan<csp::unit>();
  csp::wait_group wg;
  wg.go([&] { mux->distribute(1, begun); });
  begun.recv();
  watcher->stop();
  wg.wait();
}
