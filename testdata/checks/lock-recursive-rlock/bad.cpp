// The caller has the lock for reading already.
#include <csp/csp.h>

#include <shared_mutex>

struct Table {
  csp::shared_mutex mu;
  int rows = 0;
  int size() {
    std::shared_lock lock(mu);  // want "this reads 'mu' again"
    return rows;
  }
  bool empty() {
    std::shared_lock lock(mu);
    return size() == 0;
  }
};

int main() {
  Table table;
  table.empty();
}
