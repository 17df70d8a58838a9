// Tested with the lock only, or once, of what is an argument.
#include <csp/csp.h>

#include <memory>
#include <mutex>

struct Table {
  int size = 0;
};

csp::mutex mu;
std::unique_ptr<Table> owned;

Table& owner() {
  std::lock_guard lock(mu);
  if (!owned) owned = std::make_unique<Table>();
  return *owned;
}

int size_of(const Table* table) {
  if (table == nullptr) return 0;
  std::lock_guard lock(mu);
  return owned == nullptr ? table->size : owned->size;
}
