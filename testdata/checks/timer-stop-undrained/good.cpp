// Nothing stale is left to drain.
#include <csp/csp.h>

void restart(csp::timer& timer) {
  timer.stop();
  timer.reset(std::chrono::seconds(1));
}
