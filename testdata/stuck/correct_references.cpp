// Whatever waits can be reached by something that runs: through captures by
// reference, containers, channels sent through channels, timers, registers.
// none
#include <csp/csp.h>

#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

using namespace std::chrono_literals;

struct Node {
  csp::chan<int> channel = csp::make_chan<int>();
  std::unique_ptr<Node> next;
};

struct State {
  csp::mutex mu;
  csp::condition_variable changed;
  bool ready = false;
};

csp::chan<csp::chan<int>> requests = csp::make_chan<csp::chan<int>>(4);
std::map<int, csp::chan<int>> registry;

void expect_none(const char* where) {
  if (csp::leak::check() != 0) std::printf("a leak was reported: %s\n", where);
}

// The only handle left is where the caller has it: in a register or a slot.
[[gnu::noinline]] void send_from(csp::chan<int>* channel) {
  expect_none("in a register");
  channel->send(1);
}

void by_reference() {
  csp::chan<int> channel = csp::make_chan<int>();
  csp::go([&] {
    csp::sleep_for(20ms);
    channel << 1;
  });
  csp::go([] { expect_none("captured by reference"); });
  channel.recv();
}

int main() {
  by_reference();
  csp::wait_group wg;
  for (int i = 0; i < 3; ++i) {
    registry[i] = csp::make_chan<int>();
    wg.go([c = registry[i]] { c.recv(); });
  }
  auto head = std::make_unique<Node>();
  head->next = std::make_unique<Node>();
  wg.go([c = head->next->channel] { c.recv(); });
  wg.go([] {
    auto reply = csp::make_chan<int>();
    requests << reply;
    reply.recv();
  });
  auto local_requests = csp::make_chan<csp::chan<int>>(1);
  wg.go([local_requests] {
    auto reply = csp::make_chan<int>();
    local_requests << reply;
    reply.recv();
  });
  auto first = csp::make_chan<int>();
  wg.go([first] {
    auto second = csp::make_chan<int>();
    csp::go([=] { second << *first.recv(); });
    second.recv();
  });
  csp::timer timer = [&] {
    auto late = csp::make_chan<int>();
    wg.go([late] { late.recv(); });
    return csp::after_func(40ms, [late] { late << 1; });
  }();
  auto moved = csp::make_chan<int>();
  wg.go([moved] { moved.recv(); });
  std::thread thread([moved = std::move(moved)] {
    std::this_thread::sleep_for(40ms);
    moved << 1;
  });
  auto state = std::make_shared<State>();
  wg.go([state] {
    std::unique_lock held(state->mu);
    state->changed.wait(held, [&] { return state->ready; });
  });
  csp::sleep_for(5ms);
  for (int i = 0; i < 5; ++i) {
    expect_none("everywhere");
    csp::yield();
  }
  auto mine = csp::make_chan<int>();
  wg.go([mine] { mine.recv(); });
  send_from(&mine);
  for (auto& [key, channel] : registry) channel << 1;
  head->next->channel << 1;
  *requests.recv() << 1;
  *local_requests.recv() << 1;
  first << 1;
  {
    std::lock_guard held(state->mu);
    state->ready = true;
  }
  state->changed.notify_all();
  wg.wait();
  thread.join();
}
