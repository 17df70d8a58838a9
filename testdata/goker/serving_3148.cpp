// The uniscaler is mutated by the test while the runner goroutine reads it.
#include <csp/csp.h>
#include <map>
#include <memory>
#include <mutex>
struct FakeUniScaler {
  csp::mutex mutex;
  int replicas = 0;
  bool scaled = false;
  int scale() {
    std::lock_guard<csp::mutex> g(mutex);
    return replicas;  // want "chansan-race-sibling-goroutines"
  }
  void set_scale_result(int r, bool s) {
#ifdef FIXED
    std::lock_guard<csp::mutex> g(mutex);
#endif
    replicas = r;
    scaled = s;
  }
};
struct ScalerRunner {
  std::shared_ptr<FakeUniScaler> scaler;
  csp::chan<csp::unit> stop = csp::make_chan<csp::unit>();
};
class MultiScaler {
 public:
  std::shared_ptr<FakeUniScaler> create(int key) {
    auto runner = std::make_shared<ScalerRunner>();
    runner->scaler = std::make_shared<FakeUniScaler>();
    scalers_[key] = runner;
    csp::go([runner] {
      csp::ticker t{std::chrono::milliseconds(1)};
      while (true) {
        int c = csp::select(csp::recv_case(runner->stop),
                            csp::recv_case(t.channel()));
        if (c == 0) break;
        runner->scaler->scale();
      }
    });
    return runner->scaler;
  }
  void remove(int key) {
    auto it = scalers_.find(key);
    if (it == scalers_.end()) return;
    it->second->stop.close();
    scalers_.erase(it);
  }

 private:
  std::map<int, std::shared_ptr<ScalerRunner>> scalers_;
};
int main() {
  MultiScaler ms;
  auto uni = ms.create(1);
  uni->set_scale_result(2, true);
  csp::sleep_for(std::chrono::milliseconds(3));
  ms.remove(1);
}
