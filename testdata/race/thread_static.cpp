// The initialization of a function's static is ordered before its uses; the
// use of it is not.
#include <thread>
#include <vector>

std::vector<int>& shared() {
  static std::vector<int> values{1, 2, 3};
  return values;
}

void use() {
#ifdef RACY
  shared()[0] = 4;
#else
  if (shared()[0] != 1) __builtin_trap();
#endif
}

int main() {
  std::thread one(use);
  std::thread two(use);
  one.join();
  two.join();
  return 0;
}
