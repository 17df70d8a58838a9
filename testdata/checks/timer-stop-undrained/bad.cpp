// What drained old timers waits for ever on these.
#include <csp/csp.h>

void restart(csp::timer& timer) {
  if (!timer.stop()) timer.channel().recv();  // want "after stop\(\) nothing comes any more"
  timer.reset(std::chrono::seconds(1));
}
