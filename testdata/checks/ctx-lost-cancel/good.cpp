// On every way; or handed on.
#include <csp/csp.h>

bool ready(csp::context);
void work(csp::context);

void run(csp::context parent) {
  auto [ctx, cancel] = csp::with_cancel(parent);
  if (!ready(ctx)) {
    cancel();
    return;
  }
  work(ctx);
  cancel();
}

csp::cancel_function start(csp::context parent) {
  auto [ctx, cancel] = csp::with_cancel(parent);
  csp::go([ctx = ctx] { work(ctx); });
  return cancel;
}
