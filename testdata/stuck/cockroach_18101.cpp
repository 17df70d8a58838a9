// The importer stops reading when its context ends; the splitter fills the
// channel and waits for ever.
// leak: no receiver left
#include <csp/csp.h>

#include <string>

constexpr int kEntries = 8;

void split_and_scatter([[maybe_unused]] csp::context ctx,
                       csp::send_chan<std::string> ready) {
  for (int i = 0; i < kEntries; ++i) {
#if FIXED
    if (csp::select(csp::recv_case(ctx.done()),
                    csp::send_case(ready, "entry")) == 0) {
      return;
    }
#else
    ready << "entry";  // knot: chan send
#endif
  }
}

void restore(csp::context ctx) {
  auto ready = csp::make_chan<std::string>(2);
  csp::go(split_and_scatter, ctx, csp::send_chan<std::string>(ready));
  for (;;) {
    switch (csp::select(csp::recv_case(ready), csp::recv_case(ctx.done()))) {
      case 1:
        return;
      default:
        break;
    }
  }
}

int main() {
  auto [ctx, cancel] = csp::with_cancel(csp::context::background());
  cancel();
  restore(ctx);
  csp::yield();
}
