// The transaction waits for a context that begin() forgot to cancel.
#include <csp/csp.h>

#include <memory>

struct Tx {
  csp::context ctx;
  csp::cancel_function cancel;
  void await_done() { ctx.done().recv(); }  // want "chansan-go-leak"
};

void begin(csp::context parent) {
  auto [ctx, cancel] = csp::with_cancel(parent);
  auto tx = std::make_shared<Tx>(Tx{ctx, cancel});
  csp::go([tx] { tx->await_done(); });
#ifdef FIXED
  tx->cancel();
#endif
}

int main() {
  begin(csp::context::background());
  csp::sleep_for(std::chrono::milliseconds(1));
}
