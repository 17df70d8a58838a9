// The callback of an event is sent while the other side sends the next event.
#include <csp/csp.h>

#include <functional>

struct Event {
  int id = 0;
};

struct MultiRaft {
  csp::chan<Event> events;
  csp::chan<csp::unit> callbacks;
};

void raft(MultiRaft m) {
#ifdef FIXED
  int sent = 0;
  int called = 0;
  while (called < 2) {
    if (sent == 2) {
      m.callbacks.recv();
      ++called;
    } else if (csp::select(csp::send_case(m.events, Event{sent}),
                           csp::recv_case(m.callbacks)) == 0) {
      ++sent;
    } else {
      ++called;
    }
  }
#else
  for (int i = 0; i < 2; ++i) {
    csp::select(csp::recv_case(m.callbacks), csp::default_case());
    m.events << Event{i};
  }
#endif
}

void server(MultiRaft m) {
  for (int i = 0; i < 2; ++i) {
    m.events.recv();
    m.callbacks << csp::unit{};  // want "chansan-chan-orphan-send"
  }
}

int main() {
  MultiRaft m{csp::make_chan<Event>(), csp::make_chan<csp::unit>()};
  csp::go(server, m);
  csp::go(raft, m);
  csp::sleep_for(std::chrono::milliseconds(10));
}
