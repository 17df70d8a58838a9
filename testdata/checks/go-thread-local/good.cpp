// A local variable goes with the goroutine.
#include <csp/csp.h>

thread_local int buffer = 0;
void use(int);

void run(csp::chan<int> in) {
  csp::go([in] {
    const int request = 1;
    in.recv();
    use(request);
    buffer = 2;
    use(buffer);
  });
}
