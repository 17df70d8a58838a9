// Rows that are never closed keep the goroutine that waits for their end.
// leak: no sender left
#include <csp/csp.h>

#include <functional>
#include <optional>

class Rows {
 public:
  explicit Rows(const csp::context& parent) {
    auto [ctx, cancel] = csp::with_cancel(parent);
    close_ = cancel;
    csp::go(&Rows::await_done, ctx);
  }
  void close() { close_(); }

 private:
  static void await_done(csp::context ctx) {
    csp::select(csp::recv_case(ctx.done()));  // knot: chan receive
  }
  std::function<void()> close_;
};

void query() {
  Rows rows(csp::context::background());
#if FIXED
  rows.close();
#endif
}

int main() { query(); }
