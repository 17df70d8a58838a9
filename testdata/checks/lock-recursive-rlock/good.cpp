// What needs the lock is split from what takes it.
#include <csp/csp.h>

#include <shared_mutex>

struct Table {
  csp::shared_mutex mu;
  int rows = 0;
  int size_locked() const { return rows; }
  bool empty() {
    std::shared_lock lock(mu);
    return size_locked() == 0;
  }
};

int main() {
  Table table;
  table.empty();
  table.empty();
}
