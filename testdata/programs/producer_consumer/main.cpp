// Producer and consumer over a channel with room for ten, both slow.
#include <csp/csp.h>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

void produce(csp::send_chan<int> out) {
  for (int i = 0; i < 20; ++i) {
    csp::sleep_for(2ms);
    out << i;
  }
  out.close();
}

int main() {
  auto numbers = csp::make_chan<int>(10);
  csp::go(produce, numbers);
  for (int number : numbers) {
    csp::sleep_for(3ms);
    std::printf("consumed %d\n", number);
  }
}
