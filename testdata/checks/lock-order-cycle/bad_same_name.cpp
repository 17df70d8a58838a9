// Members of one name in two classes are told apart in what is said.
#include <csp/csp.h>

#include <mutex>

struct Queue;

struct Store {
  csp::mutex mu_;
  void write(Queue& queue);
  void flush() {
    std::lock_guard lock(mu_);
  }
};

struct Queue {
  csp::mutex mu_;
  void add() {
    std::lock_guard lock(mu_);  // want "'Queue::mu_' is locked with 'Store::mu_'"
  }
  void drain(Store& store) {
    std::lock_guard lock(mu_);
    store.flush();
  }
};

void Store::write(Queue& queue) {
  std::lock_guard lock(mu_);
  queue.add();
}
