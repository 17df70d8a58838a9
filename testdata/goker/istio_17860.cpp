// The agent waits for a status that nobody sends once the context has ended.
#include <csp/csp.h>

#include <memory>
#include <mutex>

struct Agent {
#ifdef FIXED
  csp::chan<int> status = csp::make_chan<int>(1);
#else
  csp::chan<int> status = csp::make_chan<int>();
#endif
  void run(csp::context ctx) {
    csp::select(csp::recv_case(status), csp::recv_case(ctx.done()));
  }
  void restart() {
    csp::go([this] {
      status << 1;  // want "chansan-chan-orphan-send"
    });
  }
};

int main() {
  auto [ctx, cancel] = csp::with_cancel(csp::context::background());
  Agent agent;
  agent.restart();
  csp::go([&agent, ctx = ctx] { agent.run(ctx); });
  cancel();
  csp::sleep_for(std::chrono::milliseconds(1));
}
