// Set in one thread, read in another.
#include <csp/csp.h>

thread_local int request = 0;
void use(int);

void run(csp::chan<int> in) {
  csp::go([in] {
    request = 1;
    in.recv();
    use(request);  // want "'request' belongs to the OS thread"
  });
}
