// The items are queued before their counter is set.
#include <csp/csp.h>

#include <atomic>
#include <memory>

struct Item {
  int pending = 0;
};

int main() {
  auto queue = csp::make_chan<std::shared_ptr<Item>>(2);
  auto item = std::make_shared<Item>();
  csp::wait_group wg;
  wg.go([=] {
    auto next = queue.recv();
    --(*next)->pending;  // want "chansan-race-sibling-goroutines"
  });
#ifdef FIXED
  item->pending = 1;
  queue << item;
#else
  queue << item;
  item->pending += 1;
#endif
  wg.wait();
}
