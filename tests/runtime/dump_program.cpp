// dump_program MODE: what dump_test.cpp runs with options. Each would go on for
// ever.
#include <csp/csp.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <string>

namespace {

void wait_on(csp::chan<int> nobody_sends) { nobody_sends.recv(); }

void start_waiting() {
  auto values = csp::make_chan<int>();
  csp::go(wait_on, values);
  csp::yield();
}

/// Goes on without ever sending to whoever waits.
[[noreturn]] void tick() {
  for (;;) csp::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace

int main(int, char** arguments) {
  const std::string mode = arguments[1];
  if (mode == "handler") signal(SIGTERM, [](int) { _exit(5); });
  start_waiting();
  if (mode != "hang") kill(getpid(), SIGTERM);
  tick();
}
