// The value; or the receiver's answer is waited for.
#include <csp/csp.h>

struct Request {
  int id = 0;
  csp::chan<int> answer = csp::make_chan<int>(1);
};

void submit(csp::chan<Request> queue, int id) {
  Request request{id};
  queue << request;
}

int ask(csp::chan<Request*> queue, int id) {
  Request request{id};
  queue << &request;
  return *request.answer.recv();
}
