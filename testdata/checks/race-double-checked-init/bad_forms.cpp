// The flag is tested first and left at once; it is an owner or an optional.
#include <csp/csp.h>

#include <memory>
#include <mutex>
#include <optional>

struct Table {
  int size = 0;
};

class Early {
 public:
  Table* get() {
    if (table_ != nullptr) return table_;  // want "'table_' is tested without"
    std::lock_guard lock(mu_);
    if (table_ == nullptr) table_ = new Table;
    return table_;
  }

 private:
  csp::mutex mu_;
  Table* table_ = nullptr;
};

std::mutex mu;
std::unique_ptr<Table> owned;
std::optional<int> number;

Table& owner() {
  if (!owned) {  // want "'owned' is tested without the lock"
    std::lock_guard lock(mu);
    if (!owned) owned = std::make_unique<Table>();
  }
  return *owned;
}

int value() {
  if (!number.has_value()) {  // want "'number' is tested without the lock"
    std::lock_guard lock(mu);
    if (!number.has_value()) number = 3;
  }
  return *number;
}
