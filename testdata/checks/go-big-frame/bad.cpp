// A quarter of a megabyte on a small stack.
#include <csp/csp.h>

void fill(char*);

void run() {
  csp::go([] {
    char buffer[256 * 1024];  // want "'buffer' takes 256 KiB of a goroutine's stack"
    fill(buffer);
  });
}
