// The leader waits, with the lock held, for a signal that a follower gives
// only after it had the lock.
// deadlock: channel and lock
#include <csp/csp.h>

#include <functional>
#include <mutex>
#include <vector>

struct RoundClient {
  int id = 0;
  std::function<void()> acquire;
  std::function<void()> validate;
  std::function<void()> release;
};

int main() {
  csp::mutex mu;
  auto leader_chosen = csp::make_chan<csp::unit>(1);
  auto next_round = csp::make_chan<csp::unit>();
  std::vector<RoundClient> clients(2);
  csp::wait_group wg;
  leader_chosen << csp::unit{};
  auto first_has_lock = csp::make_chan<csp::unit>();
  for (int i = 0; i < 2; ++i) {
    RoundClient& client = clients[static_cast<std::size_t>(i)];
    client.id = i;
    client.acquire = [&, i] {
      if (i == 0) leader_chosen.recv();
      if (i == 1) first_has_lock.recv();
    };
    client.validate = [i, first_has_lock] {
      if (i == 0) first_has_lock.close();
    };
    client.release = [&, i] {
      if (i == 0) {
        next_round.recv();  // knot: chan receive
      } else {
        next_round.close();
      }
    };
  }
  for (RoundClient& client : clients) {
    wg.go([&] {
      client.acquire();
      mu.lock();  // knot: sync.Mutex.Lock
      client.validate();
#if FIXED
      mu.unlock();
      client.release();
#else
      client.release();
      mu.unlock();
#endif
    });
  }
  wg.wait();  // stuck: sync.WaitGroup.Wait
}
