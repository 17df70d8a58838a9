// The queue is locked and then each replica; a replica that is locked asks for
// the queue: two orders of the same locks.
#include <csp/csp.h>

#include <map>
#include <memory>
#include <mutex>

struct Store;

struct Replica {
  csp::mutex raft;
  csp::mutex mu;
  Store* store = nullptr;
  bool maybe_coalesce();
  void tick();
  void reset() { std::lock_guard lock(raft); }
};

struct Store {
  csp::mutex queue;
  std::map<int, Replica*> replicas;
  void send_queued() {
#ifndef FIXED
    std::lock_guard lock(queue);
#endif
    for (auto& [id, replica] : replicas) replica->reset();
  }
};

bool Replica::maybe_coalesce() {
  std::lock_guard lock(store->queue);  // want "chansan-lock-order-cycle"
  return true;
}

void Replica::tick() {
  std::lock_guard outer(raft);
  std::lock_guard lock(mu);
  maybe_coalesce();
}

int main() {
  auto store = std::make_shared<Store>();
  auto replica = std::make_shared<Replica>();
  replica->store = store.get();
  store->replicas[0] = replica.get();
  csp::wait_group wg;
  wg.add(2);
  csp::go([&] {
    store->send_queued();
    wg.done();
  });
  csp::go([&] {
    replica->tick();
    wg.done();
  });
  wg.wait();  // want "chansan-go-all-asleep"
}
