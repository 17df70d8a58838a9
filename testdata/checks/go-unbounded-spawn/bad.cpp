// As many goroutines as requests come.
#include <csp/csp.h>

int next();
void handle(int);

void serve() {
  for (;;) {
    const int request = next();
    csp::go([request] { handle(request); });  // want "starts goroutines without a limit"
  }
}
