// Every client takes the round's lock on its turn; the one that should release
// the others waits for the lock instead.
#include <csp/csp.h>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>
struct RoundClient {
  std::function<void()> acquire;
  std::function<void()> validate;
  std::function<void()> release;
};
void run_election() {
  const int rounds = 2;
  std::vector<std::unique_ptr<RoundClient>> clients;
  auto next_client = csp::make_chan<csp::unit>();
#ifndef FIXED
  auto release_c = csp::make_chan<csp::unit>();
#else
  auto release_c = csp::make_chan<csp::unit>(12);
#endif
  int leader = 0;
  csp::mutex m;
  csp::wait_group wg;
  for (int i = 0; i < 3; ++i) {
    auto rc = std::make_unique<RoundClient>();
    auto* p = rc.get();
    p->acquire = [] {};
    p->validate = [&, i] {
      if (leader == 0) leader = i + 1;
    };
    p->release = [&, i] {
      if (leader == i + 1) {
        leader = 0;
        for (int k = 0; k < 2; ++k) release_c << csp::unit{};
      }
    };
    clients.push_back(std::move(rc));
  }
  for (auto& rc : clients) {
    wg.add(1);
    csp::go([&, client = rc.get()] {
      for (int r = 0; r < rounds; ++r) {
        client->acquire();
        m.lock();
        client->validate();
        m.unlock();
#ifndef FIXED
        m.lock();
        client->release();
        m.unlock();
        release_c.recv();
#else
        m.lock();
        client->release();
        m.unlock();
#endif
      }
      wg.done();
    });
  }
  wg.wait();  // want "chansan-go-all-asleep"
}
int main() { run_election(); }
