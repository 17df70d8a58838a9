// The whole of a branch.
#include <mutex>

std::mutex mu;
int count;

void add(bool shared) {
  if (shared) std::lock_guard<std::mutex>{mu};  // want "has no name"
  ++count;
}
