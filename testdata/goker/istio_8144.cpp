// The eviction callback counts with a plain int on the evicter's goroutine.
#include <csp/csp.h>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
class ttlCache {
 public:
  using Callback = std::function<void(int key)>;
  explicit ttlCache(Callback cb) : callback_(std::move(cb)) {
    csp::go([this] { evicter(); });
  }
  void stop() {
    stop_.close();
    finished_.recv();
  }

 private:
  void evicter() {
    csp::ticker t(std::chrono::milliseconds(1));
    for (;;) {
      switch (csp::select(csp::recv_case(t.channel()), csp::recv_case(stop_))) {
        case 0:
          evict_expired();
          continue;
        default:
          finished_.close();
          return;
      }
    }
  }
  void evict_expired() {
    if (callback_) callback_(1);
  }
  Callback callback_;
  csp::chan<csp::unit> stop_ = csp::make_chan<csp::unit>();
  csp::chan<csp::unit> finished_ = csp::make_chan<csp::unit>();
};
struct callbackRecorder {
#ifdef FIXED
  std::atomic<int> callbacks{0};
#else
  int callbacks = 0;
#endif
  void callback(int) { ++callbacks; }
};
int main() {
  callbackRecorder c;
  ttlCache cache([&c](int k) { c.callback(k); });
  csp::sleep_for(std::chrono::milliseconds(3));
  int seen = c.callbacks;  // want "chansan-race-ref-capture-after-spawn"
  cache.stop();
  return seen < 0;
}
