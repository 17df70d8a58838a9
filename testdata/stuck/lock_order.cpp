// Two goroutines take two locks, by guards, in different orders.
// deadlock: lock cycle
#include <csp/csp.h>

#include <mutex>

csp::mutex accounts;
csp::mutex journal;

void move_money(csp::chan<csp::unit> ready, csp::chan<csp::unit> go_on) {
  std::lock_guard first(accounts);  // taken
  ready.send({});
  go_on.recv();
  std::lock_guard second(journal);  // knot: sync.Mutex.Lock
}

void write_down(csp::chan<csp::unit> ready, csp::chan<csp::unit> go_on) {
#if FIXED
  ready.send({});
  go_on.recv();
  std::scoped_lock both(accounts, journal);
#else
  std::scoped_lock first(journal);  // taken
  ready.send({});
  go_on.recv();
  std::lock_guard second(accounts);  // knot: sync.Mutex.Lock
#endif
}

int main() {
  auto ready = csp::make_chan<csp::unit>();
  auto go_on = csp::make_chan<csp::unit>();
  csp::wait_group both;
  both.go([&] { move_money(ready, go_on); });
  both.go([&] { write_down(ready, go_on); });
  ready.recv();
  ready.recv();
  go_on.close();
  both.wait();  // stuck: sync.WaitGroup.Wait
}
