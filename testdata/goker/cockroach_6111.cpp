#include <csp/csp.h>
#include <memory>
#include <vector>
// The sender marks the batch as sent after it has handed it over.
struct Batch {
  int rows = 0;
  bool sent = false;
};
void sender(csp::chan<std::shared_ptr<Batch>> out) {
  auto b = std::make_shared<Batch>();
  b->rows = 3;
#ifdef FIXED
  b->sent = true;
  out << b;
#else
  out << b;
  b->sent = true;
#endif
}
int main() {
  auto ch = csp::make_chan<std::shared_ptr<Batch>>(1);
  csp::go(sender, ch);
  auto got = ch.recv();
  if (got && (*got)->sent) return 1;  // want "chansan-race-sibling-goroutines"
  return 0;
}
