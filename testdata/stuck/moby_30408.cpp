// Those who wait for a plugin's activation are told of its success only.
// leak: lost signal
#include <csp/csp.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>

class Plugin {
 public:
  void wait_active(const csp::chan<csp::unit>& waits) {
    std::unique_lock held(mu_);
    waits.close();
    while (!active_ && !error_) {
      activated_.wait(held);  // knot: sync.Cond.Wait
    }
  }
  void activate() {
    std::lock_guard held(mu_);
#if FIXED
    error_ = "refused";
    activated_.notify_all();
#else
    refused_ = true;
#endif
  }

 private:
  csp::mutex mu_;
  csp::condition_variable activated_;
  bool active_ = false;
  [[maybe_unused]] bool refused_ = false;
  std::optional<std::string> error_;
};

int main() {
  auto plugin = std::make_shared<Plugin>();
  auto waits = csp::make_chan<csp::unit>();
  csp::go([plugin, waits] { plugin->wait_active(waits); });
  waits.recv();
  plugin->activate();
  plugin.reset();
  csp::yield();
}
