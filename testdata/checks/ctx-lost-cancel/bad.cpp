// The early return does not cancel.
#include <csp/csp.h>

bool ready(csp::context);
void work(csp::context);

void run(csp::context parent) {
  auto [ctx, cancel] = csp::with_cancel(parent);  // want "a way out of this function does not call 'cancel'"
  if (!ready(ctx)) return;
  work(ctx);
  cancel();
}

void forget(csp::context parent) {
  work(csp::with_timeout(parent, std::chrono::seconds(1)).first);  // want "the cancel function is thrown away"
}
