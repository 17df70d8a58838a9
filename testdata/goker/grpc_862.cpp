// The failed dial leaves without cancelling what the connector looks at.
#include <csp/csp.h>

#include <memory>

struct Conn {
  csp::context ctx = csp::context::background();
  csp::cancel_function cancel;
  explicit Conn(std::pair<csp::context, csp::cancel_function> made)
      : ctx(made.first), cancel(made.second) {}
  void reset_transport() {
    for (;;) {
      if (csp::select(csp::recv_case(ctx.done()),
                      csp::default_case()) == 0)
        return;
      csp::select(csp::recv_case(csp::after(std::chrono::seconds(1))),
                  csp::recv_case(ctx.done()));
    }
  }
};

bool fails();

std::shared_ptr<Conn> dial(csp::context parent) {
  auto conn = std::make_shared<Conn>(csp::with_cancel(parent));
  csp::go([conn] { conn->reset_transport(); });
  if (fails()) {
#ifdef FIXED
    conn->cancel();
#endif
    return nullptr;
  }
  return conn;
}

int main() {
  auto [ctx, cancel] = csp::with_cancel(csp::context::background());
  dial(ctx);
}
