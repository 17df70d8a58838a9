// The standard library's forbids it too.
#include <shared_mutex>

std::shared_mutex mu;
int rows = 0;

int size() {
  std::shared_lock lock(mu);  // want "this reads 'mu' again"
  return rows;
}

int main() {
  std::shared_lock lock(mu);
  return size();
}
