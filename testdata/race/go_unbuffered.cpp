// An unbuffered channel orders the receive before the end of the send; one
// with room does not.
#include <csp/csp.h>

#ifdef RACY
constexpr int kCapacity = 1;
#else
constexpr int kCapacity = 0;
#endif

int value = 0;

int main() {
  auto channel = csp::make_chan<int>(kCapacity);
  csp::go([=] {
    value = 1;
    channel.recv();
  });
  channel.send(0);
  return value < 0 ? 1 : 0;
}
