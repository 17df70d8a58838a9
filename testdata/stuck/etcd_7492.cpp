// A token is handed over with the lock held, to a goroutine that is about to
// take that lock for its tick.
// deadlock: channel and lock
#include <csp/csp.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

struct TokenKeeper {
  csp::chan<std::string> added = csp::make_chan<std::string>();
  csp::chan<csp::unit> ticks = csp::make_chan<csp::unit>();
  csp::chan<csp::unit> stopped = csp::make_chan<csp::unit>();
  std::map<std::string, int> tokens;
  std::function<void(const std::string&)> remove;

  void run() {
    for (bool go_on = true; go_on;) {
      csp::select(csp::recv_case(added,
                                 [&](std::optional<std::string> token) {
                                   ++tokens[*token];
                                 }),
                  csp::recv_case(
                      ticks, [&](std::optional<csp::unit>) { remove("old"); }),
                  csp::recv_case(stopped, [&](std::optional<csp::unit>) {
                    go_on = false;
                  }));
    }
  }
};

class TokenProvider {
 public:
  TokenProvider() : keeper_(std::make_shared<TokenKeeper>()) {
    keeper_->remove = [this](const std::string& token) {
      std::lock_guard held(mu_);  // knot: sync.Mutex.Lock
      users_.erase(token);
    };
    csp::go([keeper = keeper_] { keeper->run(); });
  }
  void assign(const std::string& token) {
    std::unique_lock held(mu_);
    keeper_->ticks << csp::unit{};  // the time has come
    users_[token] = 1;
#if FIXED
    held.unlock();
#endif
    keeper_->added << token;  // knot: chan send
  }
  void stop() { keeper_->stopped.close(); }

 private:
  csp::mutex mu_;
  std::map<std::string, int> users_;
  std::shared_ptr<TokenKeeper> keeper_;
};

int main() {
  TokenProvider provider;
  csp::wait_group wg;
  wg.go([&] { provider.assign("a"); });
  wg.wait();  // stuck: sync.WaitGroup.Wait
  provider.stop();
}
