// Three goroutines, one after another, take two of three locks each; the twin
// that could deadlock takes them in a circle. That they take turns is not by
// the program's synchronization: an atomic orders no locks.
#include <csp/csp.h>

#include <atomic>
#include <mutex>
#include <shared_mutex>

csp::mutex first;
csp::shared_mutex second;
csp::mutex third;
csp::mutex gate;
std::atomic<int> turn{0};

template <typename Body>
void start(csp::wait_group& all, int mine, Body body) {
  all.add();
  csp::go([&all, mine, body] {
    while (turn.load() != mine) csp::yield();
    body();
    turn.store(mine + 1);
    all.done();
  });
}

int main() {
  csp::wait_group all;
  start(all, 0, [] {
    const std::lock_guard one(first);
    const std::shared_lock two(second);
  });
  start(all, 1, [] {
    const std::lock_guard one(second);
    const std::lock_guard two(third);
  });
  start(all, 2, [] {
#ifdef RACY
    const std::lock_guard one(third);
    const std::lock_guard two(first);
#else
    // A try, also that of scoped_lock for its second lock, does not wait.
    const std::lock_guard one(third);
    if (first.try_lock()) first.unlock();
    const std::scoped_lock both(gate, first);
#endif
  });
  all.wait();
  return 0;
}
