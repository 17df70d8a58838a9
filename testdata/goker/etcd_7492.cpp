// The token keeper holds the store's lock when it calls back for a delete that
// sends to the keeper's own loop.
#include <csp/csp.h>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
class SimpleTokenTTLKeeper {
 public:
  SimpleTokenTTLKeeper(std::function<void(int)> f)
      : add_ch_(csp::make_chan<int>(1)),
        stop_ch_(csp::make_chan<csp::unit>()),
        delete_(std::move(f)) {
    csp::go([this] { run(); });
  }
  void add(int token) { add_ch_.send(token); }
  void stop() { stop_ch_.close(); }

 private:
  void run() {
    csp::ticker tick(std::chrono::milliseconds(1));
    for (;;) {
      bool stopping = false;
      csp::select(csp::recv_case(add_ch_,
                                 [&](std::optional<int> t) {
                                   if (t) tokens_[*t] = 1;
                                 }),
                  csp::recv_case(tick.channel(),
                                 [&](auto) {
                                   for (auto& [t, n] : tokens_) delete_(t);
                                 }),
                  csp::recv_case(stop_ch_, [&](auto) { stopping = true; }));
      if (stopping) return;
    }
  }
  std::map<int, int> tokens_;
  csp::chan<int> add_ch_;
  csp::chan<csp::unit> stop_ch_;
  std::function<void(int)> delete_;
};
class AuthStore {
 public:
  AuthStore()
      : keeper_([this](int token) {
          std::lock_guard lk(simple_tokens_mu_);
          ++deleted_;
        }) {}
  void authenticate(int user) { assign(user); }
  void close() { keeper_.stop(); }

 private:
  void assign(int user) {
#ifdef FIXED
    {
      std::lock_guard lk(simple_tokens_mu_);
      ++assigned_;
    }
    keeper_.add(user);
#else
    std::lock_guard lk(simple_tokens_mu_);
    ++assigned_;
    keeper_.add(user);
#endif
  }
  csp::shared_mutex simple_tokens_mu_;
  int assigned_ = 0, deleted_ = 0;
  SimpleTokenTTLKeeper keeper_;
};
int main() {
  auto store = std::make_shared<AuthStore>();
  csp::wait_group wg;
  wg.add(3);
  for (int i = 0; i < 3; i++)
    csp::go([store, i, &wg] {
      store->authenticate(i);
      wg.done();
    });
  wg.wait();  // want "chansan-go-all-asleep"
  store->close();
}
