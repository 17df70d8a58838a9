// The producer does a plain send after its consumer has seen the stop; the
// stopper waits for the producer.
// deadlock: channel and wait group
#include <csp/csp.h>

int main() {
  auto stop = csp::make_chan<csp::unit>();
  auto values = csp::make_chan<int>();
  auto gone = csp::make_chan<csp::unit>();
  csp::wait_group workers;
  workers.go([&] {
    stop.recv();
    gone.recv();
#if FIXED
    csp::select(csp::send_case(values, 1), csp::recv_case(stop));
#else
    values << 1;  // knot: chan send
#endif
  });
  workers.go([&] {
    csp::select(csp::recv_case(stop), csp::recv_case(values));
    gone.close();
  });
  stop.close();
  workers.wait();  // knot: sync.WaitGroup.Wait
}
