// A transaction's watcher waits for a context that nobody cancels.
// leak: no sender left
#include <csp/csp.h>

#include <memory>

struct Tx {
  csp::context ctx;
  csp::cancel_function cancel;

  void await_done() const {
    ctx.done().recv();  // knot: chan receive
  }
};

class Database {
 public:
  std::shared_ptr<Tx> begin(const csp::context& parent) {
    auto [ctx, cancel] = csp::with_cancel(parent);
    auto tx = std::make_shared<Tx>(Tx{ctx, cancel});
    csp::go([tx] { tx->await_done(); });
    return tx;
  }
};

int main() {
  Database database;
  auto tx = database.begin(csp::context::background());
#if FIXED
  tx->cancel();
#endif
}
