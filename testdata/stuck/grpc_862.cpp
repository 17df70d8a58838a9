// A dial that failed leaves its connector behind, which only the connection's
// own context would stop.
// leak: no partner left
#include <csp/csp.h>

#include <memory>
#include <utility>

struct Connection {
  csp::context ctx;
  csp::cancel_function cancel;

  explicit Connection(std::pair<csp::context, csp::cancel_function> own)
      : ctx(own.first), cancel(own.second) {}
};

void reset_transport(std::shared_ptr<Connection> connection) {
  auto connected = csp::make_chan<csp::unit>();
  csp::select(csp::recv_case(connection->ctx.done()),  // knot: select
              csp::recv_case(connected));
}

void dial(const csp::context& ctx) {
  auto connection = std::make_shared<Connection>(
      csp::with_cancel(csp::context::background()));
  csp::go(reset_transport, connection);
  ctx.done().recv();
#if FIXED
  connection->cancel();
#endif
}

int main() {
  auto [ctx, cancel] = csp::with_cancel(csp::context::background());
  csp::go([cancel = cancel] { cancel(); });
  dial(ctx);
}
