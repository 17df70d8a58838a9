// A thread and a goroutine over one channel.
#include <csp/csp.h>

#include <thread>

int value = 0;

int main() {
  auto channel = csp::make_chan<int>();
  std::thread sender([=] {
#ifndef RACY
    value = 1;
#endif
    channel.send(1);
#ifdef RACY
    value = 1;
#endif
  });
  channel.recv();
  value += 1;
  sender.join();
  return 0;
}
