// The error is sent after the context that its reader waits for was cancelled.
#include <csp/csp.h>

#include <memory>

bool fails();

struct WatchChan {
  csp::context ctx;
  csp::cancel_function cancel;
  csp::chan<bool> results;
  csp::chan<bool> errors;

  void run() {
    csp::select(csp::recv_case(errors, [&](std::optional<bool>) {
                  cancel();
#ifdef FIXED
                  csp::select(csp::send_case(results, true),
                              csp::recv_case(ctx.done()));
#else
                  results << true;  // want "chansan-chan-orphan-send"
#endif
                }),
                csp::recv_case(ctx.done()));
  }
};

int main() {
  auto [ctx, cancel] = csp::with_cancel(csp::context::background());
  auto watch = std::make_shared<WatchChan>(
      WatchChan{ctx, cancel, csp::make_chan<bool>(), csp::make_chan<bool>()});
  csp::go([watch] { watch->run(); });
  csp::go([watch] {
    csp::select(csp::send_case(watch->errors, fails()),
                csp::recv_case(watch->ctx.done()));
  });
  csp::select(csp::recv_case(watch->results), csp::recv_case(ctx.done()));
  cancel();
}
