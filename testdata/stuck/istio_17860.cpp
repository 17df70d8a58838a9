// An agent's epochs tell their end to a loop that has gone.
// leak: no receiver left
#include <csp/csp.h>

#include <memory>
#include <mutex>
#include <set>

class Proxy {
 public:
  int run(csp::recv_chan<csp::unit> abort) {
    abort.recv();
    return 1;
  }
};

class Agent {
 public:
  explicit Agent(std::unique_ptr<Proxy> proxy) : proxy_(std::move(proxy)) {}
  csp::chan<csp::unit> restart() {
    std::lock_guard held(mu_);
    auto abort = csp::make_chan<csp::unit>(1);
    csp::go([proxy = proxy_, statuses = statuses_, abort] {
      const int status = proxy->run(abort);
      statuses << status;  // knot: chan send
    });
    return abort;
  }
  void run(const csp::context& ctx) {
    for (;;) {
      if (csp::select(csp::recv_case(statuses_), csp::recv_case(ctx.done())) ==
          1) {
        return;
      }
    }
  }

 private:
  csp::mutex mu_;
  std::shared_ptr<Proxy> proxy_;
  csp::chan<int> statuses_ = csp::make_chan<int>(FIXED ? 1 : 0);
};

int main() {
  auto agent = std::make_unique<Agent>(std::make_unique<Proxy>());
  auto [ctx, cancel] = csp::with_cancel(csp::context::background());
  csp::wait_group loop;
  loop.go([&agent, context = ctx] { agent->run(context); });
  auto abort = agent->restart();
  cancel();
  loop.wait();
  abort << csp::unit{};
  agent.reset();
}
