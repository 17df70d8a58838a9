// A command that was cancelled leaves a goroutine behind which waits for all
// the channels; nobody sends on them any more.
// leak: no sender left
#include <csp/csp.h>

#include <memory>
#include <vector>

struct Replica {
  std::vector<csp::chan<bool>> chans;

  void begin_commands(const csp::context& ctx) {
    auto done = ctx.done();
    for (const auto& chan : chans) {
      const int chosen =
          csp::select(csp::recv_case(chan), csp::recv_case(done));
      if (chosen == 1) {
#if !FIXED
        csp::go([copy = chans] {
          for (const auto& each : copy) each.recv();  // knot: chan receive
        });
#endif
        return;
      }
    }
  }
};

int main() {
  auto replica = std::make_unique<Replica>();
  for (int i = 0; i < 2; ++i) replica->chans.push_back(csp::make_chan<bool>());
  auto [ctx, cancel] = csp::with_cancel(csp::context::background());
  auto ended = csp::make_chan<csp::unit>();
  csp::go([ctx, ended, replica = std::move(replica)] {
    replica->begin_commands(ctx);
    ended.close();
  });
  cancel();
  ended.recv();
}
