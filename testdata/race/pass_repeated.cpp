// A check that an earlier one makes needless.
#include <thread>

int values[2];
int sums[2];

[[gnu::noinline]] void read_twice(int* value, int* sum, bool again) {
  *sum = *value;
  if (again) *sum += *value;
}

int main() {
  std::thread other([] { read_twice(&values[0], &sums[0], true); });
#ifdef RACY
  values[0] = 1;
#else
  values[1] = 1;
#endif
  other.join();
  return 0;
}
