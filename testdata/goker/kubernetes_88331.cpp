// The heap's len() is read under no lock in the metrics recorder.
#include <csp/csp.h>
#include <atomic>
#include <functional>
#include <vector>
struct Queue {
  std::vector<int> items;
  std::vector<int>& list() { return items; }
  void push(int v) { list().push_back(v); }
};
void record(const Queue& q, csp::chan<std::size_t> out) {
  out.send(q.items.size());  // want "chansan-race-container-mutation"
}
int main() {
  Queue q;
  auto out = csp::make_chan<std::size_t>(1);
#ifdef FIXED
  q.push(1);
  csp::go(record, std::cref(q), out);
#else
  csp::go(record, std::cref(q), out);
  q.push(1);
#endif
  out.recv();
}
