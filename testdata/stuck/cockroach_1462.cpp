// The producer does a plain send after its consumer has seen the stop; the
// stopper waits for the producer.
// deadlock: channel and wait group
#include <csp/csp.h>

int main() {
  auto stop = csp::make_chan<csp::unit>();
  auto values = csp::make_chan<int>();
  csp::wait_group workers;
  workers.go([&] {
    stop.recv();
#if FIXED
    csp::select(csp::send_case(values, 1), csp::recv_case(stop));
#else
    values << 1;  // knot: chan send
#endif
  });
  workers.go(
      [&] { csp::select(csp::recv_case(stop), csp::recv_case(values)); });
  csp::sleep_for(std::chrono::milliseconds(2));
  stop.close();
  csp::yield();
  workers.wait();  // knot: sync.WaitGroup.Wait
}
