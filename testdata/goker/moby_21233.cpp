// The consumer of the progress may stop early; the producers stay.
#include <csp/csp.h>

#include <vector>

bool fails();

struct Transfer {
  csp::chan<int> progress = csp::make_chan<int>();
  csp::wait_group running;
  void start() {
    running.add(1);
    csp::go([this] {
      for (int i = 0; i < 2; ++i) progress << i;
      running.done();
    });
  }
};

int main() {
  Transfer transfer;
  transfer.start();
  for (int i = 0; i < 2; ++i) {
    transfer.progress.recv();
#ifndef FIXED
    if (fails()) break;
#endif
  }
  transfer.running.wait();  // want "chansan-go-all-asleep"
}
