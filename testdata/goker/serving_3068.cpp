// A test's fake client is replaced while the informer goroutine uses it.
#include <csp/csp.h>
#include <functional>
#include <memory>
struct Client {
  int calls = 0;
};
struct Throttler {
  std::shared_ptr<Client> client;
  void try_once() {
    if (client) client->calls++;  // want "chansan-race-shared-ptr-slot"
  }
};
int main() {
  Throttler t;
  t.client = std::make_shared<Client>();
  auto done = csp::make_chan<csp::unit>();
  csp::go([&t, done]() mutable {
    t.try_once();
    done.close();
  });
#ifdef FIXED
  done.recv();
#endif
  t.client = std::make_shared<Client>();
#ifndef FIXED
  done.recv();
#endif
}
