// A watcher begins with more events than its channel has room for, before
// anybody reads.
// deadlock: no receiver left
#include <csp/csp.h>

#include <vector>

struct Event {
  int key = 0;
};

class CacheWatcher {
 public:
  CacheWatcher(std::size_t room, const std::vector<Event>& initial)
      : input_(csp::make_chan<Event>(room)),
        result_(csp::make_chan<Event>(room)) {
    for (const Event& event : initial) send(event);
    csp::go([input = input_, result = result_] {
      for (const Event& event : input) result << event;
      result.close();
    });
  }
  void stop() { input_.close(); }
  csp::recv_chan<Event> results() const { return result_; }

 private:
  void send(const Event& event) {
    result_.send(event);  // knot: chan send
  }
  csp::chan<Event> input_;
  csp::chan<Event> result_;
};

int main() {
  const std::vector<Event> initial{{1}, {2}, {3}};
  CacheWatcher watcher(FIXED ? initial.size() : 2, initial);
  watcher.stop();
  for (const Event& event : watcher.results()) static_cast<void>(event);
}
