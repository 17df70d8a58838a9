// Workers send into a channel whose only reader has left.
#include <csp/csp.h>

void restore(csp::context ctx) {
  auto ready = csp::make_chan<bool>(1);
  csp::go([=] {
    for (int i = 0; i < 3; ++i)
#ifdef FIXED
      if (csp::select(csp::send_case(ready, true),
                      csp::recv_case(ctx.done())) == 1)
        return;
#else
      ready << true;  // want "chansan-chan-capacity-short"
#endif
  });
  csp::select(csp::recv_case(ctx.done()));
}

int main() {
  auto [ctx, cancel] = csp::with_cancel(csp::context::background());
  csp::go([cancel = cancel] { cancel(); });
  restore(ctx);
}
