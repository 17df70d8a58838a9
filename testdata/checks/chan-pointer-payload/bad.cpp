// The receiver gets the address of what is gone.
#include <csp/csp.h>

struct Request {
  int id = 0;
};

void submit(csp::chan<Request*> queue, int id) {
  Request request{id};
  queue << &request;  // want "the address of the local variable 'request' is sent"
}
